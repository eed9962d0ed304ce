#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "mercer/training/node_targets.hpp"

namespace mercer {

/// Items that are computed in batches and have targets in place of a class: a number of each sequence. The lists must
/// outlive it.
struct ItemTargets {
  Parameters parameters;  // the parameters of `predict`
  /// The outputs of these items, [items, t].
  std::function<Prediction(std::span<const Node> items, Pass&)> predict;
  Tensor targets;  // [all items, t], on the CPU; finite on the listed items
  TargetLoss loss = TargetLoss::squared;
  Rows train, validation{}, test{};  // items; only `train` must not be empty
  Index batch = 32;                  // items of a step, fewer in the last one of an epoch
  std::uint64_t seed = 0;            // of the order of items
  Index evaluated_at_once = 64;      // items of a prediction
  Metric metric = Metric::r2;
  Parameters buffers{};  // see Task
};

/// The task with  loss = mean over a batch's items and columns of the squared or logistic loss + penalty,  as
/// item_classification otherwise. Throws ValueError as it does, and as node_targets for targets and metric.
Task item_targets(ItemTargets items);

}  // namespace mercer
