#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
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

/// One weight's step: d = g + l2 w; m and v follow d and d²; w moves.
MERCER_HD inline void take_adam_step(const AdamFactors& by, Real g, Real& w, Real& m, Real& v) {
  const Real d = g + by.l2 * w;
  m = by.beta1 * m + (1 - by.beta1) * d;
  v = by.beta2 * v + (1 - by.beta2) * d * d;
  w = by.keep * w - by.step * m / (std::sqrt(v) * by.inverse_root + by.epsilon);
}

/// The same of gradient descent with momentum.
struct SgdFactors {
  Real step;
  Real momentum;
  Real l2;
};

/// Of either rule.
struct StepFactors {
  AdamFactors adam{};
  SgdFactors sgd{};
};

}  // namespace mercer
