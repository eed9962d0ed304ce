#include "backend/cuda/compare.hpp"
#include "backend/operators.hpp"

namespace mercer::test {
namespace {

std::vector<Tensor> adam_step(Device on, Index n, Shape s) {
  const AdamFactors by{.beta1 = Real(0.9),
                       .beta2 = Real(0.999),
                       .step = Real(0.02),
                       .inverse_root = 3,
                       .epsilon = Real(1e-8),
                       .l2 = Real(0.01),
                       .keep = Real(0.99)};
  const Tensor g = operand(on, n, s.columns(), 1);
  Tensor w = operand(on, n, s.columns(), 2), m = operand(on, n, s.columns(), 3), v = Tensor(n, s.columns(), on);
  for (int step = 0; step < 3; ++step)
    op::adam_step(g, by, w, m, v);
  return {w, m, v};
}

template <bool momentum>
std::vector<Tensor> sgd_step(Device on, Index n, Shape s) {
  const SgdFactors by{.step = Real(0.1), .momentum = momentum ? Real(0.9) : Real(0), .l2 = Real(0.01)};
  const Tensor g = operand(on, n, s.columns(), 1);
  Tensor w = operand(on, n, s.columns(), 2), m = momentum ? operand(on, n, s.columns(), 3) : Tensor(0, 0, on);
  for (int step = 0; step < 3; ++step)
    op::sgd_step(g, by, w, m);
  return {w, m};
}

std::vector<Tensor> sum_of_squares(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  return {Tensor::filled(1, 1, static_cast<Real>(op::sum_of_squares(x)))};
}

}  // namespace

std::vector<OperatorCase> optimizer_cases() {
  return {{"adam_step", Closeness::whole, adam_step},
          {"sgd_step", Closeness::whole, sgd_step<false>},
          {"sgd_step, momentum", Closeness::whole, sgd_step<true>},
          {"sum_of_squares", Closeness::whole, sum_of_squares}};
}

}  // namespace mercer::test
