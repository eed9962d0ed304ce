#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/experiment/option_text.hpp"

namespace mercer {

/// The values from which a search draws one option: a list, or all from low to high.
struct SearchRange {
  std::string option{};
  std::vector<std::string> values{};  // empty: low … high
  double low = 0, high = 0;
  bool whole = false;        // whole numbers, both ends included
  bool logarithmic = false;  // uniform in the logarithm

  std::string text() const;  // as typed: "learning-rate=0.001..0.1:log"
};
using SearchSpace = std::vector<SearchRange>;

/// The options that can be named in a range for a model: those of the training, then the model's own.
std::vector<std::string> searchable_options(const std::string& model);

/// The range of "learning-rate=1e-3..1e-1:log", "dropout=0..0.8" or "hidden=8,16,32" for a model. Throws ValueError
/// for an option that neither the model nor the training has, for one of the budget (epochs, patience, metric,
/// stopping), and for values that the option doesn't take.
SearchRange search_range(const std::string& typed, const std::string& model);

/// The space of a resolved request without ranges: rates, dropout and width, of deep stacks also norm and depth.
SearchSpace usual_space(const Settings& settings);

/// The values of a trial. They depend on seed, trial, attempt and the position of the range alone. Numbers between two
/// ends have four digits, so that their text is their value.
std::vector<OptionText> drawn(const SearchSpace& space, std::uint64_t seed, Index trial, Index attempt = 0);

/// As many draws as trials, no two alike; fewer where the space has no more. The first is `own` where it is not empty.
std::vector<std::vector<OptionText>> different_draws(const SearchSpace& space, std::uint64_t seed, Index trials,
                                                     std::vector<OptionText> own);

/// The values of the searched options that resolved settings have, as texts that their ranges hold.
struct OwnValues {
  std::vector<OptionText> values{};
  std::string outside{};  // "hidden 12 is outside of hidden=4,8": why there are none
};
OwnValues own_values(const SearchSpace& space, const Settings& settings);

/// "upper", "lower", or nothing: the end of its range at which a value lies (within a twentieth) although the option
/// takes values beyond it.
std::string end_of_range(const SearchRange& range, const std::string& value, const std::string& model);

}  // namespace mercer
