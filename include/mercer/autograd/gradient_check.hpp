#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// y = f(operands).
using Differentiable = std::function<Variable(std::span<const Variable> operands)>;

/// The largest difference between backward() and the central differences of L = Σ w ∘ f(operands), with random weights
/// w in ±[½, 1], over all entries of all operands; relative where the gradient exceeds 1. NaN when either is NaN. f
/// must be smooth within the step (ε^⅓ times the larger of |entry| and 1) and give the same value in each call. Meant
/// for double.
Real gradient_gap(const Differentiable& f, std::vector<Tensor> operands, std::uint64_t seed = 1);

/// gradient_gap([](const Variable& a, const Variable& b) { return multiply(a, b); }, a, b)
template <class F, class... Operand>
Real gradient_gap_of(F&& f, const Operand&... operands) {
  return gradient_gap(
      [&f](std::span<const Variable> x) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return f(x[I]...); }
        (std::index_sequence_for<Operand...>{});
      },
      {operands...});
}

}  // namespace mercer
