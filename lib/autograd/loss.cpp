#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

/// Labels and weights of all rows, in buffers of the device.
struct HeldTargets {
  Buffer labels;   // [n]
  Buffer weights;  // [n], Σ = 1, 0 where a node isn't listed

  const std::int32_t* label() const { return static_cast<const std::int32_t*>(labels.data()); }
  const Real* weight() const { return static_cast<const Real*>(weights.data()); }
};

namespace {

/// The listed rows weigh class_weights[label], or 1 without class weights, over `of`, or over their sum where `of` is
/// 0.
HeldTargets held_targets(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes,
                         std::span<const Real> class_weights, Real of, Device device) {
  require(of >= 0 && std::isfinite(of), "cross_entropy",
          "of: got " + std::to_string(of) + ", want the weight of all rows, or 0 for that of these");
  require(of > 0 || !rows.empty(), "cross_entropy", "rows: got none, want at least one");
  std::vector<Real> weights(labels.size(), Real(0));
  double total = 0;
  for (const Node row : rows) {
    require(row >= 0 && row < std::ssize(labels), "cross_entropy",
            "row: got " + std::to_string(row) + ", want 0 … " + std::to_string(std::ssize(labels) - 1));
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    require(label >= 0 && label < classes, "cross_entropy",
            "label of row " + std::to_string(row) + ": got " + std::to_string(label) + ", want 0 … " +
                std::to_string(classes - 1));
    const Real weight = class_weights.empty() ? Real(1) : class_weights[static_cast<std::size_t>(label)];
    weights[static_cast<std::size_t>(row)] += weight;
    total += static_cast<double>(weight);
  }
  require(of > 0 || total > 0, "cross_entropy", "class weights of the labels: got a sum of 0, want more");
  for (Real& weight : weights)
    weight /= of > 0 ? of : static_cast<Real>(total);
  return {Buffer::of(labels, device), Buffer::of(std::span<const Real>(weights), device)};
}

Variable loss_of(const Variable& logits, std::shared_ptr<const HeldTargets> held) {
  expect_device("cross_entropy", held->labels.device(), logits.device());
  Tensor y = uninitialized(1, 1, logits);
  op::cross_entropy(logits.value(), held->label(), held->weight(), y);
  return Variable::record(std::move(y), {logits}, [held](std::span<Variable> in, Tensor& dy) {
    // dx_i = dy weight_i (softmax(x_i) − onehot(label_i))
    Tensor dx = uninitialized_like(in[0]);
    op::cross_entropy_backward(in[0].value(), held->label(), held->weight(), dy, dx);
    in[0].add_grad(std::move(dx));
  });
}

}  // namespace

struct Targets::Held : HeldTargets {};
struct WeightedTargets::Held : HeldTargets {};

Targets::Targets(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes, Device device,
                 Index of)
    : rows_(std::ssize(labels)),
      classes_(classes),
      held_(
          std::make_shared<const Held>(Held{held_targets(labels, rows, classes, {}, static_cast<Real>(of), device)})) {}

WeightedTargets::WeightedTargets(std::span<const std::int32_t> labels, std::span<const Node> rows,
                                 std::span<const Real> class_weights, Device device, Real of)
    : rows_(std::ssize(labels)), classes_(std::ssize(class_weights)) {
  for (const Real w : class_weights)
    require(w >= 0 && std::isfinite(w), "cross_entropy", "class weight: got " + std::to_string(w) + ", want 0 or more");
  held_ = std::make_shared<const Held>(Held{held_targets(labels, rows, classes_, class_weights, of, device)});
}

Variable log_softmax(const Variable& x) {
  Tensor y = uninitialized_like(x);
  op::log_softmax(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx_i = dy_i − softmax(x_i) Σ_c dy_ic
    op::log_softmax_backward(in[0].value(), dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable softmax(const Variable& x) { return exp(log_softmax(x)); }

Variable sum(const Variable& x) {
  Tensor y = uninitialized(1, 1, x);
  op::sum(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = dy everywhere
    Tensor dx = uninitialized_like(in[0]);
    op::fill(dy, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable cross_entropy(const Variable& logits, std::span<const std::int32_t> labels, std::span<const Node> rows,
                       Index of) {
  expect("cross_entropy", {{"labels", std::ssize(labels), logits.rows()}});
  return cross_entropy(logits, Targets(labels, rows, logits.columns(), logits.device(), of));
}

Variable cross_entropy(const Variable& logits, const Targets& targets) {
  expect("cross_entropy", {{"labels", targets.rows_, logits.rows()}, {"classes", targets.classes_, logits.columns()}});
  return loss_of(logits, targets.held_);
}

Variable cross_entropy(const Variable& logits, const WeightedTargets& targets) {
  expect("cross_entropy",
         {{"labels", targets.rows_, logits.rows()}, {"class weights", targets.classes_, logits.columns()}});
  return loss_of(logits, targets.held_);
}

}  // namespace mercer
