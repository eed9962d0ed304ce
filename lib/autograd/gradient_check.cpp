#include "mercer/autograd/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mercer/base/random.hpp"

namespace mercer {
namespace {

/// In double also in the float library, where a sum of floats would hide the slope.
double weighed(const Tensor& y, const Tensor& weight) {
  double total = 0;
  for (Index n = 0; n < y.size(); ++n)
    total += double{weight.data()[n]} * double{y.data()[n]};
  return total;
}

double value_at(const Differentiable& f, const std::vector<Tensor>& operands, const Tensor& weight) {
  const NoGrad no_grad;
  std::vector<Variable> x;
  for (const Tensor& operand : operands)
    x.emplace_back(operand);
  return weighed(f(x).value(), weight);
}

/// ∂L/∂entry by central differences; the entry is put back.
double slope_at(const Differentiable& f, std::vector<Tensor>& operands, Real& entry, const Tensor& weight) {
  const Real before = entry;
  const Real step = std::cbrt(std::numeric_limits<Real>::epsilon()) * std::max<Real>(1, std::abs(before));
  entry = before + step;
  const Real above = entry;
  const double high = value_at(f, operands, weight);
  entry = before - step;
  const double low = value_at(f, operands, weight);
  const double width = double{above} - double{entry};
  entry = before;
  return (high - low) / width;
}

}  // namespace

Real gradient_gap(const Differentiable& f, std::vector<Tensor> operands, std::uint64_t seed) {
  std::vector<Variable> x;
  for (const Tensor& operand : operands)
    x.emplace_back(operand, true);
  Variable y = f(x);
  Tensor weight = Tensor::like(y.value());
  Random random(seed);
  for (Real& w : weight.values())
    w = static_cast<Real>(random.uniform(0.5, 1) * (random.below(2) == 0 ? -1 : 1));
  y.backward(weight);

  double worst = 0;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const Tensor gradient = x[k].has_grad() ? x[k].grad() : Tensor::like(operands[k]);  // none: none flows
    for (Index n = 0; n < operands[k].size(); ++n) {
      const double want = slope_at(f, operands, operands[k].data()[n], weight), got = gradient.data()[n];
      const double gap = std::abs(got - want) / std::max({1.0, std::abs(got), std::abs(want)});
      if (std::isnan(gap)) return std::numeric_limits<Real>::quiet_NaN();
      worst = std::max(worst, gap);
    }
  }
  return static_cast<Real>(worst);
}

}  // namespace mercer
