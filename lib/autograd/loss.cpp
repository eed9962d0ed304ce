#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

/// Buffers of the device.
struct Targets::Held {
  Buffer labels;   // [n]
  Buffer weights;  // [n], Σ = 1, 0 where a node isn't listed

  const std::int32_t* label() const { return static_cast<const std::int32_t*>(labels.data()); }
  const Real* weight() const { return static_cast<const Real*>(weights.data()); }
};

Targets::Targets(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes, Device device,
                 Index of)
    : rows_(std::ssize(labels)), classes_(classes) {
  require(of > 0 || !rows.empty(), "cross_entropy", "rows: got none, want at least one");
  std::vector<Real> weights(labels.size(), Real(0));
  for (const Node row : rows) {
    require(row >= 0 && row < rows_, "cross_entropy",
            "row: got " + std::to_string(row) + ", want 0 … " + std::to_string(rows_ - 1));
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    require(label >= 0 && label < classes, "cross_entropy",
            "label of row " + std::to_string(row) + ": got " + std::to_string(label) + ", want 0 … " +
                std::to_string(classes - 1));
    weights[static_cast<std::size_t>(row)] += 1;
  }
  for (Real& weight : weights)
    weight /= static_cast<Real>(of > 0 ? of : std::ssize(rows));
  held_ = std::make_shared<const Held>(
      Held{Buffer::of(labels, device), Buffer::of(std::span<const Real>(weights), device)});
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
  const auto held = targets.held_;
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

}  // namespace mercer
