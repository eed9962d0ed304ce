#include "mercer/training/node_targets.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/multi_label.hpp"
#include "mercer/training/regression.hpp"
#include "training/node_task.hpp"

namespace mercer {
namespace {

constexpr const char* node_targets_caller = "node_targets";

/// The squared or the logistic loss. With sharing the mean is over the training nodes of all ranks.
struct TargetsObjective {
  using Targets = RealTargets;

  NodeTargets nodes;

  Index count() const { return nodes.targets.rows(); }

  Targets targets(const Variable& outputs) const {
    const Tensor& all = nodes.targets;
    if (!nodes.sharing) return {all, nodes.train, outputs.device()};
    const std::vector<Node> rows = own_rows(node_targets_caller, nodes.train, *nodes.sharing, outputs.rows(), count());
    Tensor own = Tensor::uninitialized(outputs.rows(), all.columns());
    std::copy_n(all.row(nodes.sharing->first), own.size(), own.data());
    return {own, rows, outputs.device(), std::ssize(nodes.train)};
  }

  Variable loss(const Variable& outputs, const Targets& targets) const {
    return loss_of_targets(nodes.loss, outputs, targets);
  }

  double mean_loss(ConstView outputs, Rows rows) const {
    return mercer::mean_loss(nodes.loss, outputs, nodes.targets, rows);
  }
  double score(ConstView outputs, Rows rows) const {
    return evaluate(nodes.metric, nodes.loss, outputs, nodes.targets, rows);
  }
};

[[noreturn]] void refuse_metric(Metric metric, const char* owner, const char* want) {
  throw ValueError("[metric] " + std::string(name_of(metric, metric_choices)) + " is none of " + owner +
                   ", which have " + want);
}

double of_labels(Metric metric, ConstView x, ConstView y, Rows rows) {
  switch (metric) {
    case Metric::accuracy:
      return label_accuracy(x, y, rows);
    case Metric::micro_f1:
      return micro_f1_of_labels(x, y, rows);
    case Metric::macro_f1:
      return macro_f1_of_labels(x, y, rows);
    case Metric::roc_auc:
      return roc_auc_of_labels(x, y, rows);
    case Metric::average_precision:
      return average_precision_of_labels(x, y, rows);
    case Metric::r2:
      break;
  }
  refuse_metric(metric, "several labels", "micro-f1, macro-f1, accuracy, roc-auc and average-precision");
}

}  // namespace

double evaluate(Metric metric, TargetLoss loss, ConstView x, ConstView y, Rows rows) {
  if (loss == TargetLoss::logistic) return of_labels(metric, x, y, rows);
  if (metric != Metric::r2) refuse_metric(metric, "real numbers", "r2");
  return r_squared(x, y, rows);
}

double mean_loss(TargetLoss loss, ConstView x, ConstView y, Rows rows) {
  if (loss == TargetLoss::squared) return mean_squared_error(x, y, rows);
  double sum = 0;
  for (const Node i : rows)
    for (Index c = 0; c < x.columns; ++c) {
      const auto logit = static_cast<double>(x(i, c));
      sum += std::max(logit, 0.0) + std::log1p(std::exp(-std::abs(logit))) - static_cast<double>(y(i, c)) * logit;
    }
  return sum / static_cast<double>(std::ssize(rows) * x.columns);
}

Task node_targets(NodeTargets given) {
  const Tensor zeros(given.targets.rows(), given.targets.columns());
  expect_nodes(node_targets_caller, given.targets.rows(),
               {{"train", given.train}, {"validation", given.validation}, {"test", given.test}});
  for (const Rows rows : {given.train, given.validation, given.test})
    if (!rows.empty()) evaluate(given.metric, given.loss, zeros, given.targets, rows);
  return node_task(node_targets_caller, TargetsObjective{std::move(given)});
}

}  // namespace mercer
