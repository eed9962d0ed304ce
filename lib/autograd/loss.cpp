#include <string>

#include "autograd/result.hpp"
#include "backend/dense_ops.hpp"
#include "backend/select.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// What every node should be, and how much it counts: 0 unless it was listed. On the device of the logits.
struct Targets {
  Buffer labels;   // [n]
  Buffer weights;  // [n], Σ = 1

  const std::int32_t* label() const { return static_cast<const std::int32_t*>(labels.data()); }
  const Real* weight() const { return static_cast<const Real*>(weights.data()); }
};

Targets targets_of(const Variable& logits, std::span<const std::int32_t> labels, std::span<const Node> rows, Index of) {
  const Index n = logits.rows(), classes = logits.columns();
  expect("cross_entropy", {{"labels", static_cast<Index>(labels.size()), n}});
  require(of > 0 || !rows.empty(), "cross_entropy", "rows: got none, want at least one");
  std::vector<Real> weights(labels.size(), Real(0));
  for (const Node row : rows) {
    require(row >= 0 && row < n, "cross_entropy",
            "row: got " + std::to_string(row) + ", want 0 … " + std::to_string(n - 1));
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    require(label >= 0 && label < classes, "cross_entropy",
            "label of row " + std::to_string(row) + ": got " + std::to_string(label) + ", want 0 … " +
                std::to_string(classes - 1));
    weights[static_cast<std::size_t>(row)] += 1;
  }
  for (Real& weight : weights)
    weight /= static_cast<Real>(of > 0 ? of : std::ssize(rows));
  return {Buffer::of(labels, logits.device()), Buffer::of(std::span<const Real>(weights), logits.device())};
}

}  // namespace

Variable log_softmax(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::log_softmax, cuda::log_softmax)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx_i = dy_i − softmax(x_i) Σ_c dy_ic
    select(dy.device(), cpu::log_softmax_backward, cuda::log_softmax_backward)(in[0].value(), dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable sum(const Variable& x) {
  Tensor y = room(1, 1, x);
  select(x.device(), cpu::sum, cuda::sum)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = dy everywhere
    Tensor dx = room_like(in[0]);
    select(dy.device(), cpu::fill, cuda::fill)(dy, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable cross_entropy(const Variable& logits, std::span<const std::int32_t> labels, std::span<const Node> rows,
                       Index of) {
  Targets targets = targets_of(logits, labels, rows, of);
  Tensor y = room(1, 1, logits);
  select(y.device(), cpu::cross_entropy, cuda::cross_entropy)(logits.value(), targets.label(), targets.weight(), y);
  return Variable::record(std::move(y), {logits}, [targets = std::move(targets)](std::span<Variable> in, Tensor& dy) {
    // dx_i = dy weight_i (softmax(x_i) − onehot(label_i))
    Tensor dx = room_like(in[0]);
    select(dy.device(), cpu::cross_entropy_backward, cuda::cross_entropy_backward)(in[0].value(), targets.label(),
                                                                                   targets.weight(), dy, dx);
    in[0].add_grad(std::move(dx));
  });
}

}  // namespace mercer
