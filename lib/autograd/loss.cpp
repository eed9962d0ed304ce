#include <memory>
#include <string>
#include <vector>

#include "autograd/class_targets.hpp"
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

/// The listed rows weigh class_weights[label], or 1 without class weights, over the total weight, or over their sum
/// where that is 0.
HeldTargets held_targets(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes,
                         std::span<const Real> class_weights, Real total_weight, Device device) {
  check_class_rows(labels, rows, classes, total_weight);
  std::vector<Real> weights(labels.size(), Real(0));
  double here = 0;
  for (const Node row : rows) {
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    const Real weight = class_weights.empty() ? Real(1) : class_weights[static_cast<std::size_t>(label)];
    weights[static_cast<std::size_t>(row)] += weight;
    here += static_cast<double>(weight);
  }
  const auto total = static_cast<Real>(weight_of_rows(here, total_weight));
  for (Real& weight : weights)
    weight /= total;
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
                 Index total_rows)
    : rows_(std::ssize(labels)),
      classes_(classes),
      held_(std::make_shared<const Held>(
          Held{held_targets(labels, rows, classes, {}, static_cast<Real>(total_rows), device)})) {}

WeightedTargets::WeightedTargets(std::span<const std::int32_t> labels, std::span<const Node> rows,
                                 std::span<const Real> class_weights, Device device, Real total_weight)
    : rows_(std::ssize(labels)), classes_(std::ssize(class_weights)) {
  check_class_weights(class_weights);
  held_ = std::make_shared<const Held>(Held{held_targets(labels, rows, classes_, class_weights, total_weight, device)});
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
                       Index total_rows) {
  expect("cross_entropy", {{"labels", std::ssize(labels), logits.rows()}});
  return cross_entropy(logits, Targets(labels, rows, logits.columns(), logits.device(), total_rows));
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
