#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "mercer/autograd/variable.hpp"
#include "support/graphs.hpp"

namespace mercer::test {

/// gradient_gap for a layer, which owns its parameters: the largest difference between backward() and the central
/// differences of Σ w ∘ run(), w random, over the entries of `held`; relative where the gradient exceeds 1.
template <class Run>
double held_gradient_gap(Run run, std::vector<Variable> held) {
  for (Variable& x : held)
    x.clear_grad();
  Variable y = run();
  const Tensor weight = noise(y.rows(), y.columns(), 77);
  y.backward(weight);

  const NoGrad no_tape;
  const auto loss = [&] {
    const Tensor value = run().value();
    double sum = 0;
    for (std::size_t n = 0; n < value.values().size(); ++n)
      sum += static_cast<double>(weight.values()[n]) * static_cast<double>(value.values()[n]);
    return sum;
  };
  double gap = 0;
  for (Variable& x : held)
    for (std::size_t n = 0; n < x.value().values().size(); ++n) {
      Real& entry = x.mutable_value().values()[n];
      const Real before = entry, step = Real(2e-6);
      entry = before + step;
      const double up = loss();
      entry = before - step;
      const double down = loss();
      entry = before;
      const double got = x.has_grad() ? static_cast<double>(x.grad().values()[n]) : 0, want = (up - down) / 4e-6;
      gap = std::max(gap, std::abs(got - want) / std::max(1.0, std::abs(want)));
    }
  return gap;
}

}  // namespace mercer::test
