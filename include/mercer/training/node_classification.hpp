#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "mercer/training/metric.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

/// What a model says of all nodes. The penalty [1, 1] joins the loss; undefined means zero.
struct Prediction {
  Variable logits;  // [n, classes]
  Variable penalty{};

  Prediction(Variable logits_of_nodes, Variable added_to_loss = {})
      : logits(std::move(logits_of_nodes)), penalty(std::move(added_to_loss)) {}
  /// What a layer or a model returns: y and penalty.
  template <class Output>
  requires requires(const Output& out) { Variable(out.y), Variable(out.penalty); }
  Prediction(Output out) : logits(std::move(out.y)), penalty(std::move(out.penalty)) {}
};

/// One graph whose nodes have classes. Labels and nodes must outlive it.
struct NodeClassification {
  Parameters parameters;  // those that `predict` uses
  std::function<Prediction(Pass&)> predict;
  Labels labels;                     // [n], −1 for none
  Rows train, validation{}, test{};  // nodes; only `train` must not be empty
  Metric metric = Metric::accuracy;  // the score
  Parameters buffers{};              // see Task
  std::optional<Sharing> sharing{};  // given, `predict` says logits of own nodes alone
};

/// The task with  loss = mean cross entropy of the training nodes + penalty.  With sharing, the loss of a rank is its
/// share, and what is predicted is that of all nodes. Throws ValueError without training nodes or `predict`.
Task node_classification(NodeClassification nodes);

}  // namespace mercer
