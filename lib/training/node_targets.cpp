#include "mercer/training/node_targets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/multi_label.hpp"
#include "mercer/training/regression.hpp"
#include "training/node_lists.hpp"

namespace mercer {
namespace {

constexpr const char* node_targets_caller = "node_targets";

/// The targets of the training nodes. They go to the device once.
class TargetsLoss {
 public:
  explicit TargetsLoss(std::shared_ptr<const NodeTargets> nodes) : nodes_(std::move(nodes)) {}

  Variable operator()(const Batch&, Pass& pass) {
    const auto [outputs, penalty] = nodes_->predict(pass);
    if (!targets_ || outputs.device() != device_) targets_ = targets_of(outputs);
    device_ = outputs.device();
    const Variable loss = nodes_->loss == TargetLoss::squared ? mean_squared_error(outputs, *targets_)
                                                              : binary_cross_entropy(outputs, *targets_);
    if (!penalty) return loss;
    const auto& sharing = nodes_->sharing;
    return add(loss, sharing ? scale(penalty, Real(1) / static_cast<Real>(sharing->ranks)) : penalty);
  }

 private:
  RealTargets targets_of(const Variable& outputs) const {
    const Tensor& all = nodes_->targets;
    if (!nodes_->sharing) return {all, nodes_->train, outputs.device()};
    const Index first = nodes_->sharing->first, last = first + outputs.rows();
    expect(node_targets_caller, {{"own nodes beyond those with targets", std::max<Index>(last - all.rows(), 0), 0}});
    Tensor own = Tensor::uninitialized(outputs.rows(), all.columns());
    std::copy_n(all.row(first), own.size(), own.data());
    std::vector<Node> rows;
    for (const Node i : nodes_->train)
      if (i >= first && i < last) rows.push_back(static_cast<Node>(i - first));
    return {own, rows, outputs.device(), std::ssize(nodes_->train)};
  }

  std::shared_ptr<const NodeTargets> nodes_;
  std::optional<RealTargets> targets_;
  Device device_{};
};

/// The outputs of all nodes, on the CPU: every rank fills in its own rows of zeros, and they are summed.
Variable all_outputs(const NodeTargets& nodes, const Variable& own) {
  if (!nodes.sharing) return own;
  const Tensor here = own.value().to(Device::cpu);
  Tensor all(nodes.targets.rows(), own.columns());
  if (here.size() > 0) std::ranges::copy(here.values(), all.row(nodes.sharing->first));
  nodes.sharing->add_up(all);
  return Variable(std::move(all));
}

std::optional<Scores> target_scores(const NodeTargets& nodes, ConstView outputs, Subset which) {
  const Rows rows = which == Subset::train ? nodes.train : which == Subset::validation ? nodes.validation : nodes.test;
  if (rows.empty()) return std::nullopt;
  Scores s{.loss = mean_loss(nodes.loss, outputs, nodes.targets, rows),
           .score = std::numeric_limits<double>::quiet_NaN()};
  if (std::isfinite(s.loss)) s.score = evaluate(nodes.metric, nodes.loss, outputs, nodes.targets, rows);
  return s;
}

[[noreturn]] void refuse_metric(Metric metric, const char* of, const char* want) {
  throw ValueError("[metric] " + std::string(name_of(metric, metric_choices)) + " is none of " + of + ", which have " +
                   want);
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
  require(static_cast<bool>(given.predict), node_targets_caller, "there is no function `predict`");
  require(!given.train.empty(), node_targets_caller, "no training nodes");
  expect_nodes(node_targets_caller, given.targets.rows(),
               {{"train", given.train}, {"validation", given.validation}, {"test", given.test}});
  const Tensor zeros(given.targets.rows(), given.targets.columns());
  for (const Rows rows : {given.train, given.validation, given.test})
    if (!rows.empty()) evaluate(given.metric, given.loss, zeros, given.targets, rows);
  if (!given.sharing)
    given.predict = with_rows_checked(node_targets_caller, given.targets.rows(), std::move(given.predict));
  const auto nodes = std::make_shared<const NodeTargets>(std::move(given));
  const auto loss = std::make_shared<TargetsLoss>(nodes);  // copies of the task share its targets
  return {.parameters = nodes->parameters,
          .loss = [loss](const Batch& batch, Pass& pass) { return (*loss)(batch, pass); },
          .predict = [nodes](Pass& pass) { return all_outputs(*nodes, nodes->predict(pass).logits); },
          .score = [nodes](ConstView outputs, Subset which) { return target_scores(*nodes, outputs, which); },
          .batches = BatchSource::whole(std::ssize(nodes->train)),
          .buffers = nodes->buffers,
          .sharing = nodes->sharing};
}

}  // namespace mercer
