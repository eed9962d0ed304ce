#include "mercer/features/fourier.hpp"

#include <string>
#include <utility>

#include "backend/fastfood_ops.hpp"
#include "backend/operator.hpp"
#include "backend/operators.hpp"
#include "base/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

std::vector<ConstView> views_of(std::span<const Variable> sets) {
  std::vector<ConstView> views;
  for (const Variable& w : sets)
    views.push_back(w.value());
  return views;
}

}  // namespace

Variable fourier_features(const Variable& x, const std::vector<Variable>& frequencies, Index heads) {
  require(heads >= 1, "fourier_features", "heads: got " + std::to_string(heads) + ", want at least 1");
  require(!frequencies.empty(), "fourier_features", "no frequencies");
  expect_heads("fourier_features", "x", x.columns(), heads);
  const Index M = frequencies.front().columns();
  for (const Variable& w : frequencies)
    expect("fourier_features",
           {{"rows of the frequencies", w.rows(), x.columns()}, {"columns of the frequencies", w.columns(), M}});
  Tensor phi = Tensor::uninitialized(x.rows(), 2 * heads * M, x.device());
  op::fourier_features(x.value(), views_of(frequencies), heads, phi);

  std::vector<Variable> inputs{x};
  inputs.insert(inputs.end(), frequencies.begin(), frequencies.end());
  return Variable::record(std::move(phi), std::move(inputs), [heads](std::span<Variable> in, Tensor& dphi) {
    Tensor dx = Tensor::uninitialized(in[0].rows(), in[0].columns(), dphi.device());
    std::vector<Tensor> dw;
    std::vector<View> to;
    dw.reserve(in.size());  // views point into it
    for (const Variable& w : in.subspan(1))
      to.push_back(dw.emplace_back(Tensor::uninitialized(w.rows(), w.columns(), w.device())).view());
    op::fourier_features_backward(in[0].value(), views_of(in.subspan(1)), heads, dphi, dx, to);
    in[0].add_grad(std::move(dx));
    for (std::size_t s = 0; s < dw.size(); ++s)
      in[s + 1].add_grad(std::move(dw[s]));
  });
}

Variable features_of_turns(const Variable& u, Index heads) {
  require(heads >= 1, "features_of_turns", "heads: got " + std::to_string(heads) + ", want at least 1");
  expect_heads("features_of_turns", "u", u.columns(), heads);
  expect_device("features_of_turns", u.device(), Device::cpu);
  Tensor phi = Tensor::uninitialized(u.rows(), 2 * u.columns());
  const TimedOperator timed("features_of_turns", Device::cpu);
  cpu::features_of_turns(u.value(), heads, phi);
  return Variable::record(std::move(phi), {u}, [heads](std::span<Variable> in, const Tensor& y, Tensor& dy) {
    Tensor du = Tensor::uninitialized(in[0].rows(), in[0].columns());
    const TimedOperator timed_backward("features_of_turns", Device::cpu);
    cpu::features_of_turns_backward(y, heads, dy, du);
    in[0].add_grad(std::move(du));
  });
}

}  // namespace mercer
