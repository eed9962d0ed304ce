#include "backend/cuda/compare.hpp"
#include "backend/operators.hpp"

namespace mercer::test {
namespace {

/// Every third row counts. The labels of the others are invalid and must not be read.
struct Targets {
  std::vector<std::int32_t> label;
  std::vector<Real> weight;

  Targets(Index rows, Index classes)
      : label(static_cast<std::size_t>(rows), -1'000'000'000), weight(static_cast<std::size_t>(rows)) {
    for (std::size_t i = 0; i < label.size(); i += 3) {
      label[i] = static_cast<std::int32_t>(static_cast<Index>(i * i) % classes);
      weight[i] = Real(0.1) * static_cast<Real>(i + 1);
    }
  }
};

std::vector<Tensor> log_softmax(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, n, s.columns()), dy = operand(on, n, s.columns(), 2);
  op::log_softmax(x, y);
  op::log_softmax_backward(x, dy);
  return {y, dy};
}

std::vector<Tensor> cross_entropy(Device on, Index n, Shape s) {
  const Targets targets(n, s.columns());
  const Buffer labels = Buffer::of(std::span(targets.label), on), weights = Buffer::of(std::span(targets.weight), on);
  const auto* label = static_cast<const std::int32_t*>(labels.data());
  const auto* weight = static_cast<const Real*>(weights.data());
  const Tensor x = operand(on, n, s.columns(), 1), dy = operand(on, 1, 1, 2);
  Tensor y = uninitialized(on, 1, 1), dx = uninitialized(on, n, s.columns());
  op::cross_entropy(x, label, weight, y);
  op::cross_entropy_backward(x, label, weight, dy, dx);
  return {y, dx};
}

}  // namespace

std::vector<OperatorCase> loss_cases() {
  return {{"log_softmax", Closeness::whole, log_softmax}, {"cross_entropy", Closeness::whole, cross_entropy}};
}

}  // namespace mercer::test
