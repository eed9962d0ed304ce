#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "mercer/training/node_classification.hpp"

namespace mercer {

/// Items that are computed in batches and have classes: sequences, small graphs. Labels and lists must outlive it.
struct ItemClassification {
  Parameters parameters;  // the parameters of `predict`
  /// The logits of these items, [items, classes].
  std::function<Prediction(std::span<const Node> items, Pass&)> predict;
  Labels labels;                      // [all items], −1 for none
  Rows train, validation{}, test{};   // items; only `train` must not be empty
  Index batch = 32;                   // items of a step, fewer in the last one of an epoch
  std::uint64_t seed = 0;             // of the order of items
  Index evaluated_at_once = 64;       // items of a prediction
  Metric metric = Metric::accuracy;   // the score
  Parameters buffers{};               // see Task
  std::vector<Real> class_weights{};  // of the training loss, one a class; none: all 1
};

/// The task with  loss = mean cross entropy of a batch's items + penalty,  the mean weighted by class. The training
/// items have another order in each epoch. Validation after an epoch predicts the validation items alone. Throws
/// ValueError without training items or `predict`, for an item out of range, and for a batch below 1.
Task item_classification(ItemClassification items);

/// The logits of `wanted` items of all, in rows of their own; other rows are 0. [items, columns] on the CPU.
/// predict(items, pass) is called for at most `at_once` items a time.
Tensor predict_items(const std::function<Variable(std::span<const Node> items, Pass&)>& predict, Rows wanted,
                     Index items, Index columns, Index at_once);

}  // namespace mercer
