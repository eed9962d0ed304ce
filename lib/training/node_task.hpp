#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/node_classification.hpp"
#include "training/subset_scores.hpp"

/// What the tasks on the nodes of one graph share. An objective says what they differ in:
/// - nodes: what the user gave (parameters, predict, train, validation, test, buffers, sharing); count(): their number;
/// - Targets targets(outputs): of the training nodes, on the device of the outputs;
/// - Variable loss(outputs, targets);
/// - double mean_loss(outputs, rows) and score(outputs, rows).
namespace mercer {

struct NodeList {
  const char* name;
  Rows nodes;
};

/// Throws ValueError, with the list's name, for a node that is none of 0 … count − 1.
inline void expect_nodes(const char* op, Index count, std::initializer_list<NodeList> lists) {
  for (const auto& [name, nodes] : lists)
    for (const Node i : nodes)
      if (i < 0 || i >= count)
        throw ValueError("[" + std::string(op) + "] " + name + ": got node " + std::to_string(i) +
                         ", want nodes below " + std::to_string(count) + ", the number of nodes");
}

/// The training nodes that this rank owns, by their rows in its outputs [own nodes, …]. Throws ShapeError when the
/// outputs are of more nodes than there are.
inline std::vector<Node> own_rows(const char* op, Rows train, const Sharing& sharing, Index outputs, Index count) {
  const Index first = sharing.first, last = first + outputs;
  expect(op, {{"own nodes beyond those of the graph", std::max<Index>(last - count, 0), 0}});
  std::vector<Node> own;
  for (const Node i : train)
    if (i >= first && i < last) own.push_back(static_cast<Node>(i - first));
  return own;
}

/// The function `predict`, which throws ShapeError unless it gives a row for each node.
inline std::function<Prediction(Pass&)> with_rows_checked(const char* op, Index count,
                                                          std::function<Prediction(Pass&)> predict) {
  return [op, count, predict = std::move(predict)](Pass& pass) {
    Prediction made = predict(pass);
    expect(op, {{"rows of the prediction (one a node)", made.logits.rows(), count}});
    return made;
  };
}

/// The outputs of all nodes, on the CPU: every rank fills in its own rows of zeros, and they are summed.
inline Variable all_outputs(const std::optional<Sharing>& sharing, Index count, const Variable& own) {
  if (!sharing) return own;
  const Tensor here = own.value().to(Device::cpu);
  Tensor all(count, own.columns());
  if (here.size() > 0) std::ranges::copy(here.values(), all.row(sharing->first));
  sharing->add_up(all);
  return Variable(std::move(all));
}

/// The objective's loss + penalty, of which each rank adds its share. The targets go to a device once.
template <class Objective>
class NodeLoss {
 public:
  explicit NodeLoss(std::shared_ptr<const Objective> objective) : objective_(std::move(objective)) {}

  Variable operator()(const Batch&, Pass& pass) {
    const auto& nodes = objective_->nodes;
    const auto [outputs, penalty] = nodes.predict(pass);
    if (!targets_ || outputs.device() != device_) targets_ = objective_->targets(outputs);
    device_ = outputs.device();
    const Variable loss = objective_->loss(outputs, *targets_);
    if (!penalty) return loss;
    return add(loss, nodes.sharing ? scale(penalty, Real(1) / static_cast<Real>(nodes.sharing->ranks)) : penalty);
  }

 private:
  std::shared_ptr<const Objective> objective_;
  std::optional<typename Objective::Targets> targets_;
  Device device_{};
};

/// Throws ValueError without training nodes or `predict`, and for a node that is none.
template <class Objective>
Task node_task(const char* op, Objective given) {
  auto& nodes = given.nodes;
  const Index count = given.count();
  require(static_cast<bool>(nodes.predict), op, "there is no function `predict`");
  require(!nodes.train.empty(), op, "no training nodes");
  expect_nodes(op, count, {{"train", nodes.train}, {"validation", nodes.validation}, {"test", nodes.test}});
  if (!nodes.sharing) nodes.predict = with_rows_checked(op, count, std::move(nodes.predict));
  const auto objective = std::make_shared<const Objective>(std::move(given));
  const auto loss = std::make_shared<NodeLoss<Objective>>(objective);  // copies of the task share its targets
  return {.parameters = objective->nodes.parameters,
          .loss = [loss](const Batch& batch, Pass& pass) { return (*loss)(batch, pass); },
          .predict =
              [objective](Pass& pass) {
                const auto& own = objective->nodes;
                return all_outputs(own.sharing, objective->count(), own.predict(pass).logits);
              },
          .score = [objective](ConstView outputs,
                               Subset which) { return subset_scores(*objective, objective->nodes, outputs, which); },
          .batches = BatchSource::whole(std::ssize(objective->nodes.train)),
          .buffers = objective->nodes.buffers,
          .sharing = objective->nodes.sharing};
}

}  // namespace mercer
