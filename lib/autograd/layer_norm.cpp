#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Variable layer_norm(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon) {
  require(epsilon > 0, "layer_norm", "epsilon: got " + std::to_string(epsilon) + ", want above 0");
  expect("layer_norm", {{"rows of gain", gain.rows(), 1},
                        {"columns of gain", gain.columns(), x.columns()},
                        {"rows of bias", bias.rows(), 1},
                        {"columns of bias", bias.columns(), x.columns()}});
  Tensor y = uninitialized_like(x), state = uninitialized(x.rows(), 2, x);
  op::layer_norm(x.value(), gain.value(), bias.value(), epsilon, y, state);
  return Variable::record(std::move(y), {x, gain, bias},
                          [state = std::move(state)](std::span<Variable> in, Tensor& dy) {
                            if (in[1].wants_grad()) {
                              Tensor dgain = uninitialized_like(in[1]);
                              op::layer_norm_backward_gain(in[0].value(), state, dy, dgain);
                              in[1].add_grad(std::move(dgain));
                            }
                            if (in[2].wants_grad()) {
                              Tensor dbias = uninitialized_like(in[2]);
                              op::sum_of_rows(dy, dbias);
                              in[2].add_grad(std::move(dbias));
                            }
                            if (!in[0].wants_grad()) return;
                            op::layer_norm_backward(in[0].value(), state, in[1].value(), dy);
                            in[0].add_grad(std::move(dy));
                          });
}

}  // namespace mercer
