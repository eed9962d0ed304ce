#pragma once

#include <cmath>

#include "backend/cuda/math.cuh"
#include "backend/optimize.hpp"
#include "mercer/base/annotate.hpp"

/// The steps of optimizers on a device, in the same bits whether their factors are arguments or in memory.
namespace mercer::cuda {

/// take_adam_step of optimize.hpp. Which products are joined with a sum is stated, since a compiler may choose
/// otherwise for factors by value and by address; steps that are launched and replayed must have the same bits.
MERCER_HD inline void take_adam_step_here(const AdamFactors& by, Real g, Real& w, Real& m, Real& v) {
  const Real d = std::fma(by.l2, w, g);
  m = std::fma(by.beta1, m, rounded_product(1 - by.beta1, d));
  v = std::fma(by.beta2, v, rounded_product(rounded_product(1 - by.beta2, d), d));
  w = std::fma(by.keep, w, -(rounded_product(by.step, m) / std::fma(std::sqrt(v), by.inverse_root, by.epsilon)));
}

MERCER_HD inline void take_sgd_step_here(const SgdFactors& by, Real g, Real& w, Real* m) {
  const Real d = std::fma(by.l2, w, g), speed = by.momentum == 0 ? d : std::fma(by.momentum, *m, d);
  if (by.momentum != 0) *m = speed;
  w = std::fma(-by.step, speed, w);
}

MERCER_HD inline double squared(Real x) { return static_cast<double>(x) * static_cast<double>(x); }

}  // namespace mercer::cuda
