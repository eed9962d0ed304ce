#include "mercer/features/fourier.hpp"

#include <string>
#include <utility>

#include "backend/dense_ops.hpp"
#include "backend/select.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Variable fourier_features(const Variable& x, const std::vector<Variable>& frequencies, Index heads) {
  require(heads >= 1, "fourier_features", "heads: got " + std::to_string(heads) + ", want at least 1");
  require(!frequencies.empty(), "fourier_features", "no frequencies");
  expect("fourier_features", {{"columns of x modulo heads", x.columns() % heads, 0}});
  for (const Variable& w : frequencies)
    expect("fourier_features", {{"rows of the frequencies", w.rows(), x.columns()},
                                {"columns of the frequencies", w.columns(), frequencies.front().columns()}});
  Tensor phi(x.rows(), 2 * heads * frequencies.front().columns(), x.device());
  for (const Variable& w : frequencies)
    select(x.device(), cpu::add_fourier_features, cuda::add_fourier_features)(x.value(), w.value(), heads, phi);

  std::vector<Variable> inputs{x};
  inputs.insert(inputs.end(), frequencies.begin(), frequencies.end());
  return Variable::record(std::move(phi), std::move(inputs), [heads](std::span<Variable> in, Tensor& dphi) {
    Tensor dx = Tensor::like(in[0].value());
    for (Variable& w : in.subspan(1)) {
      Tensor dw = Tensor::uninitialized(w.rows(), w.columns(), w.device());
      select(dphi.device(), cpu::add_fourier_features_backward, cuda::add_fourier_features_backward)(
          in[0].value(), w.value(), heads, dphi, dx, dw);
      w.add_grad(std::move(dw));
    }
    in[0].add_grad(std::move(dx));
  });
}

}  // namespace mercer
