#pragma once

#include <functional>
#include <optional>

#include "mercer/training/node_classification.hpp"

namespace mercer {

/// The loss of targets: squared of real numbers, logistic of several labels of 0 and 1.
enum class TargetLoss { squared, logistic };

/// One graph whose nodes have targets in place of a class. The node lists must outlive it.
struct NodeTargets {
  Parameters parameters;  // the parameters of `predict`
  std::function<Prediction(Pass&)> predict;
  Tensor targets;  // [n, t], on the CPU; finite on the listed nodes
  TargetLoss loss = TargetLoss::squared;
  Rows train, validation{}, test{};
  Metric metric = Metric::r2;
  Parameters buffers{};
  std::optional<Sharing> sharing{};  // if given, `predict` returns only the rows of own nodes
};

/// The task with  loss = mean over training nodes and columns of the squared or logistic loss + penalty.  Throws
/// ValueError without training nodes or `predict`, for a metric of another kind of loss, for targets that are not 0 or
/// 1 of a logistic loss.
Task node_targets(NodeTargets nodes);

/// The metric of outputs x on some rows of targets y. Throws ValueError for one that is not of this loss.
double evaluate(Metric metric, TargetLoss loss, ConstView x, ConstView y, Rows rows);

/// The mean loss of the rows.
double mean_loss(TargetLoss loss, ConstView x, ConstView y, Rows rows);

}  // namespace mercer
