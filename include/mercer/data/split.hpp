#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "mercer/data/dataset.hpp"

/// Random splits. A node without a label is in none of the three parts; each part lists its nodes in ascending order.
/// The same seed gives the same split on any machine.
namespace mercer {

inline constexpr Index all_that_is_left = std::numeric_limits<Index>::max();

/// Defaults: Shchur et al., Pitfalls of Graph Neural Network Evaluation, 2018, section 3: 20 and 30 of each class,
/// the rest for the test. Planetoid's counts (Yang et al., 2016) are {20, 500, .validation_of_each_class = false,
/// 1000}.
struct SplitCounts {
  Index train = 20;       // of each class
  Index validation = 30;  // of each class, or in total
  bool validation_of_each_class = true;
  Index test = all_that_is_left;  // in total
};

/// Throws ValueError when a class (named in the message) or the remaining nodes are too few.
Split split_by_count(const Dataset& data, const SplitCounts& counts, std::uint64_t seed);

/// Shares of each class, rounded to whole nodes; the rest is the test. Defaults: Pei et al., Geom-GCN, 2020.
struct SplitShares {
  double train = 0.6;
  double validation = 0.2;
};

/// Stratified: each class is divided separately. Throws ValueError on shares outside 0 … 1 or a sum above 1.
Split split_by_share(const Dataset& data, const SplitShares& shares, std::uint64_t seed);

/// Moves a share of each class of the training part, rounded to whole examples, to the validation part; one example of
/// a class stays. Throws ValueError on a share outside 0 … 1.
Split with_validation(const Dataset& data, Split split, double share, std::uint64_t seed);

/// The least share, in hundredths, of which with_validation takes an example of each class that has two or more in the
/// training part; nothing where none has.
std::optional<double> least_validation_share(const Dataset& data, const Split& split);

/// Takes the examples without a label out of the splits from `first` on, with a note of how many; `place` begins it.
void leave_out_unlabelled(Dataset& data, const std::string& place = "", std::size_t first = 0);

/// Cross validation: the labelled nodes in `folds` parts, stratified by class. Part `fold` is the test, the next one
/// the validation, the others train: over all folds every labelled node is tested once. Throws ValueError unless there
/// are at least 3 folds, as many labelled nodes, and a part of that number.
Split split_by_fold(const Dataset& data, Index folds, Index fold, std::uint64_t seed);

}  // namespace mercer
