#pragma once

#include "mercer/base/types.hpp"

namespace mercer {

/// What a step of Adam needs of its options and its number t, worked out once for all parameters.
struct AdamFactors {
  Real beta1, beta2;
  Real step;          // η / (1 − β₁ᵗ)
  Real inverse_root;  // 1 / √(1 − β₂ᵗ)
  Real epsilon;
  Real l2;    // added to the gradient as l2 · w
  Real keep;  // w is first multiplied by this: 1 − ηλ when decay is decoupled, else 1
};

/// The same of gradient descent with momentum.
struct SgdFactors {
  Real step;
  Real momentum;
  Real l2;
};

}  // namespace mercer
