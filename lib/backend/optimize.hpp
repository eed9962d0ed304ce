#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// The numbers of one step of Adam, computed from its options and t once for all parameters.
struct AdamFactors {
  Real beta1, beta2;
  Real step;          // η / (1 − β₁ᵗ)
  Real inverse_root;  // 1 / √(1 − β₂ᵗ)
  Real epsilon;
  Real l2;    // added to the gradient as l2 · w
  Real keep;  // w is first multiplied by this: 1 − ηλ when decay is decoupled, else 1
};

/// The step of one weight: d = g + l2 w; updates m by d, v by d², then w.
MERCER_HD inline void take_adam_step(const AdamFactors& by, Real g, Real& w, Real& m, Real& v) {
  const Real d = g + by.l2 * w;
  m = by.beta1 * m + (1 - by.beta1) * d;
  v = by.beta2 * v + (1 - by.beta2) * d * d;
  w = by.keep * w - by.step * m / (std::sqrt(v) * by.inverse_root + by.epsilon);
}

/// The numbers of one step of gradient descent with momentum.
struct SgdFactors {
  Real step;
  Real momentum;
  Real l2;
};

/// The numbers of one step of either rule.
struct StepFactors {
  AdamFactors adam{};
  SgdFactors sgd{};
};

}  // namespace mercer
