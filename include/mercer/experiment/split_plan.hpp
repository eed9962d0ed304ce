#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

struct DataChoice;

/// The choice of splits: some of the source's or all of them, in turn; random ones; or folds.
struct SplitPlan {
  enum class Kind { given, random, folds } kind = Kind::given;
  std::vector<Index> turns{0};          // which of the given splits or folds, one for each seed in turn; empty: all
  std::string random{};                 // as typed
  std::optional<std::uint64_t> seed{};  // of what is drawn; absent: that of the run, for folds 0
  bool of_model = false;                // the given split is that of a model's training
  std::string why{};                    // why it was taken when nothing was asked for, or empty

  std::string in_words() const;  // "given split 0"
  /// The plan with the splits or folds alone that so many seeds take, of `given` ones.
  SplitPlan of_seeds(Index seeds, Index given) const;
  /// One line when so many seeds take some of the `given` splits or of the folds alone that were asked for; else empty.
  std::string left_out(Index seeds, Index given) const;
  /// How many of `given` splits, or of its folds, it takes in turn; of random ones 1.
  Index size(Index given) const;
  /// Which of `count` given splits, or folds, seed number `turn` has.
  Index of_turn(Index turn, Index count) const;
};

/// The plan that a choice makes for these data: when there is no split of their own, 20 and 30 nodes of each class, or
/// shares when a class is too small. Throws ValueError.
SplitPlan plan_of(const DataChoice& choice, const Dataset& data);

struct ChosenSplit {
  Split split{};
  Index number = 0;  // of the given split or the fold
};

/// Draws the split of a random or fold plan. Throws ValueError, naming the option.
ChosenSplit draw_split(const Dataset& data, const SplitPlan& plan, std::uint64_t seed, Index turn);

}  // namespace mercer
