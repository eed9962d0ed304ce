#include "mercer/data/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/counted.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"

namespace mercer {
namespace {

/// The nodes of each class, shuffled.
std::vector<std::vector<Node>> shuffled_classes(const Dataset& data, Random& random) {
  std::vector<std::vector<Node>> classes(static_cast<std::size_t>(data.classes()));
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    if (data.labels[i] >= 0) classes[static_cast<std::size_t>(data.labels[i])].push_back(static_cast<Node>(i));
  for (auto& nodes : classes)
    random.shuffle(nodes);
  return classes;
}

/// The training nodes of each class, in order.
std::vector<std::vector<Node>> training_classes(const Dataset& data, const Split& split) {
  std::vector<std::vector<Node>> classes(static_cast<std::size_t>(data.classes()));
  for (const Node i : split.train)
    if (const auto label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
      classes[static_cast<std::size_t>(label)].push_back(i);
  return classes;
}

/// Moves the first `count` nodes of `from` to the end of `to`.
void deal(std::vector<Node>& from, Index count, std::vector<Node>& to) {
  const auto last = from.begin() + static_cast<std::ptrdiff_t>(count);
  to.insert(to.end(), from.begin(), last);
  from.erase(from.begin(), last);
}

Split in_order(Split split) {
  std::ranges::sort(split.train);
  std::ranges::sort(split.validation);
  std::ranges::sort(split.test);
  return split;
}

/// Throws unless `have` nodes are enough for both counts, whose sum may not fit an Index.
void require_enough(Index have, Index first, Index second, const std::string& whose) {
  const bool fits = second <= std::numeric_limits<Index>::max() - first;
  require(fits && have >= first + second, "split",
          whose + " has " + std::to_string(have) + " nodes, want " +
              (fits ? std::to_string(first + second) : std::to_string(first) + " and " + std::to_string(second)));
}

}  // namespace

void leave_out_unlabelled(Dataset& data, const std::string& place, std::size_t first) {
  const auto has_no_label = [&](Node i) { return data.labels[static_cast<std::size_t>(i)] < 0; };
  Index unlabelled = 0;
  std::string parts;  // of a single split
  for (std::size_t k = first; k < data.splits.size(); ++k) {
    Split& split = data.splits[k];
    for (const auto& [part, name] : {std::pair{&split.train, " of the training"},
                                     {&split.validation, " of the validation"},
                                     {&split.test, " of the test"}}) {
      const auto taken = static_cast<Index>(std::erase_if(*part, has_no_label));
      if (taken > 0) parts += (parts.empty() ? "" : ", ") + std::to_string(taken) + name;
      unlabelled += taken;
    }
  }
  if (unlabelled == 0) return;
  data.left_out_of_splits = unlabelled;
  data.notes.push_back((place.empty() ? "" : place + ": ") + counted(unlabelled, data.example_in_words()) +
                       " without a label" + is_or_are(unlabelled) + " left out of the split" +
                       (data.splits.size() == first + 1 ? ": " + parts : ""));
}

Split split_by_count(const Dataset& data, const SplitCounts& counts, std::uint64_t seed) {
  require(counts.train >= 0 && counts.validation >= 0 && counts.test >= 0, "split_by_count", "a count is negative");
  Random random(seed);
  Split split;
  std::vector<Node> rest;
  const Index of_class_validation = counts.validation_of_each_class ? counts.validation : 0;
  auto classes = shuffled_classes(data, random);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    require_enough(static_cast<Index>(classes[c].size()), counts.train, of_class_validation,
                   "class " + data.class_names[c]);
    deal(classes[c], counts.train, split.train);
    deal(classes[c], of_class_validation, split.validation);
    rest.insert(rest.end(), classes[c].begin(), classes[c].end());
  }

  random.shuffle(rest);
  const Index in_all_validation = counts.validation - of_class_validation;
  const auto left = static_cast<Index>(rest.size());
  const bool takes_rest = counts.test == all_that_is_left;
  require_enough(left, in_all_validation, takes_rest ? 0 : counts.test, "what training leaves of all classes");
  const Index test = takes_rest ? left - in_all_validation : counts.test;
  deal(rest, in_all_validation, split.validation);
  deal(rest, test, split.test);
  return in_order(std::move(split));
}

Split split_by_share(const Dataset& data, const SplitShares& shares, std::uint64_t seed) {
  require(shares.train >= 0 && shares.validation >= 0 && shares.train + shares.validation <= 1, "split_by_share",
          "got shares " + std::to_string(shares.train) + " and " + std::to_string(shares.validation) +
              ", want them in 0 … 1 and at most 1 together");
  Random random(seed);
  Split split;
  for (auto& nodes : shuffled_classes(data, random)) {
    const auto size = static_cast<double>(nodes.size());
    const auto train = static_cast<Index>(std::llround(size * shares.train));
    const auto validation = static_cast<Index>(std::llround(size * (shares.train + shares.validation))) - train;
    deal(nodes, train, split.train);
    deal(nodes, validation, split.validation);
    split.test.insert(split.test.end(), nodes.begin(), nodes.end());
  }
  return in_order(std::move(split));
}

Split with_validation(const Dataset& data, Split split, double share, std::uint64_t seed) {
  require(share >= 0 && share <= 1, "with_validation", "share: got " + std::to_string(share) + ", want 0 … 1");
  std::vector<std::vector<Node>> classes = training_classes(data, split);
  Random random(seed);
  split.train.clear();
  for (std::vector<Node>& of_class : classes) {
    random.shuffle(of_class);
    const auto rounded = static_cast<Index>(std::llround(static_cast<double>(of_class.size()) * share));
    deal(of_class, std::max<Index>(std::min(rounded, std::ssize(of_class) - 1), 0), split.validation);
    split.train.insert(split.train.end(), of_class.begin(), of_class.end());
  }
  return in_order(std::move(split));
}

std::optional<double> least_validation_share(const Dataset& data, const Split& split) {
  Index smallest = std::numeric_limits<Index>::max();
  for (const std::vector<Node>& of_class : training_classes(data, split))
    if (of_class.size() > 1) smallest = std::min(smallest, std::ssize(of_class));
  if (smallest == std::numeric_limits<Index>::max()) return std::nullopt;
  return std::ceil(50 / static_cast<double>(smallest)) / 100;
}

Split split_by_fold(const Dataset& data, Index folds, Index fold, std::uint64_t seed) {
  require(folds >= 3, "split_by_fold", "folds: got " + std::to_string(folds) + ", want at least 3");
  require(fold >= 0 && fold < folds, "split_by_fold",
          "fold: got " + std::to_string(fold) + ", want 0 … " + std::to_string(folds - 1));
  Random random(seed);
  Split split;
  Index dealt = 0;  // over all classes, so that the folds' sizes differ by one at most
  for (const auto& nodes : shuffled_classes(data, random))
    for (const Node i : nodes) {
      const Index part = dealt++ % folds;
      (part == fold ? split.test : part == (fold + 1) % folds ? split.validation : split.train).push_back(i);
    }
  require(dealt >= folds, "split_by_fold",
          "got " + std::to_string(dealt) + " nodes with a label for " + std::to_string(folds) + " folds, want as many");
  return in_order(std::move(split));
}

}  // namespace mercer
