#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "mercer/training/metric.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

/// A model's output for all nodes. The penalty [1, 1] is added to the loss; undefined means zero.
struct Prediction {
  Variable logits;  // [n, classes]
  Variable penalty{};

  Prediction(Variable logits_of_nodes, Variable added_to_loss = {})
      : logits(std::move(logits_of_nodes)), penalty(std::move(added_to_loss)) {}
  /// From the output of a layer or a model: y and penalty.
  template <class Output>
  requires requires(const Output& out) { Variable(out.y), Variable(out.penalty); }
  Prediction(Output out) : logits(std::move(out.y)), penalty(std::move(out.penalty)) {}
};

/// One graph whose nodes have classes. The labels and node lists must outlive it.
struct NodeClassification {
  Parameters parameters;  // the parameters of `predict`
  std::function<Prediction(Pass&)> predict;
  Labels labels;                      // [n], −1 for none
  Rows train, validation{}, test{};   // nodes; only `train` must not be empty
  Metric metric = Metric::accuracy;   // the score
  Parameters buffers{};               // see Task
  std::vector<Real> class_weights{};  // of the training loss, one a class; none: all 1
  std::optional<Sharing> sharing{};   // if given, `predict` returns only the logits of own nodes
};

/// The task with  loss = mean cross entropy of the training nodes + penalty,  the mean weighted by class. With sharing,
/// each rank computes its share of the loss, and the task's prediction is that of all nodes. Throws ValueError without
/// training nodes or `predict`.
Task node_classification(NodeClassification nodes);

}  // namespace mercer
