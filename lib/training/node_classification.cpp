#include "mercer/training/node_classification.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <variant>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "training/node_lists.hpp"

namespace mercer {
namespace {

constexpr const char* caller = "node_classification";

/// The labels and rows of the cross entropy. They go to the device once.
class TrainingLoss {
 public:
  explicit TrainingLoss(std::shared_ptr<const NodeClassification> nodes) : nodes_(std::move(nodes)) {}

  Variable operator()(const Batch&, Pass& pass) {
    const auto [logits, penalty] = nodes_->predict(pass);
    if (!targets_ || logits.device() != device_) targets_ = targets_of(logits);
    device_ = logits.device();
    const auto loss_of = [&x = logits](const auto& targets) { return cross_entropy(x, targets); };
    const Variable loss = std::visit(loss_of, *targets_);
    if (!penalty) return loss;
    const auto& sharing = nodes_->sharing;
    return add(loss, sharing ? scale(penalty, Real(1) / static_cast<Real>(sharing->ranks)) : penalty);
  }

 private:
  using AnyTargets = std::variant<Targets, WeightedTargets>;

  AnyTargets targets_of(const Variable& logits) const {
    const Labels labels = nodes_->labels;
    if (!nodes_->sharing) return targets_of(logits, labels, nodes_->train, false);
    const Index first = nodes_->sharing->first, last = first + logits.rows();
    expect(caller, {{"own nodes beyond those with labels", std::max<Index>(last - std::ssize(labels), 0), 0}});
    std::vector<Node> own;
    for (const Node i : nodes_->train)
      if (i >= first && i < last) own.push_back(static_cast<Node>(i - first));
    return targets_of(logits, labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(logits.rows())),
                      own, true);
  }

  /// `shared`: the mean is over the training nodes of all ranks.
  AnyTargets targets_of(const Variable& logits, Labels labels, Rows rows, bool shared) const {
    const std::vector<Real>& weights = nodes_->class_weights;
    if (!weights.empty()) expect(caller, {{"class_weights (one a class)", std::ssize(weights), logits.columns()}});
    if (weights.empty())
      return Targets(labels, rows, logits.columns(), logits.device(), shared ? std::ssize(nodes_->train) : 0);
    double all = 0;
    for (const Node i : nodes_->train)
      all += static_cast<double>(weights[static_cast<std::size_t>(nodes_->labels[static_cast<std::size_t>(i)])]);
    return WeightedTargets(labels, rows, weights, logits.device(), shared ? static_cast<Real>(all) : Real(0));
  }

  std::shared_ptr<const NodeClassification> nodes_;
  std::optional<AnyTargets> targets_;
  Device device_{};
};

/// The logits of all nodes, on the CPU: every rank fills in its own rows of zeros, and they are summed.
Variable all_logits(const NodeClassification& nodes, const Variable& own) {
  if (!nodes.sharing) return own;
  const Tensor here = own.value().to(Device::cpu);
  Tensor all(std::ssize(nodes.labels), own.columns());
  std::ranges::copy(here.values(), all.row(nodes.sharing->first));
  nodes.sharing->add_up(all);
  return Variable(std::move(all));
}

std::optional<Scores> scores(const NodeClassification& nodes, ConstView logits, Subset which) {
  const Rows rows = which == Subset::train ? nodes.train : which == Subset::validation ? nodes.validation : nodes.test;
  if (rows.empty()) return std::nullopt;
  Scores s{.loss = mean_cross_entropy(logits, nodes.labels, rows), .score = std::numeric_limits<double>::quiet_NaN()};
  if (std::isfinite(s.loss)) s.score = evaluate(nodes.metric, logits, nodes.labels, rows);
  return s;
}

}  // namespace

Task node_classification(NodeClassification given) {
  require(static_cast<bool>(given.predict), caller, "there is no function `predict`");
  require(!given.train.empty(), caller, "no training nodes");
  expect_nodes(caller, std::ssize(given.labels),
               {{"train", given.train}, {"validation", given.validation}, {"test", given.test}});
  if (!given.sharing) given.predict = with_rows_checked(caller, std::ssize(given.labels), std::move(given.predict));
  const auto nodes = std::make_shared<const NodeClassification>(std::move(given));
  const auto loss = std::make_shared<TrainingLoss>(nodes);  // copies of the task share its targets
  return {.parameters = nodes->parameters,
          .loss = [loss](const Batch& batch, Pass& pass) { return (*loss)(batch, pass); },
          .predict = [nodes](Pass& pass) { return all_logits(*nodes, nodes->predict(pass).logits); },
          .score = [nodes](ConstView logits, Subset which) { return scores(*nodes, logits, which); },
          .batches = BatchSource::whole(std::ssize(nodes->train)),
          .buffers = nodes->buffers,
          .sharing = nodes->sharing};
}

}  // namespace mercer
