#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = scale · ⟨φ(q), φ(k)⟩ + shift, of any sign: for random Fourier features, cosine similarity (unit vectors), elu +
/// 1, ReLU and positive random features. A shift of 1 keeps row sums of Fourier features above 0.
struct InnerProduct {
  static constexpr std::string_view name = "inner_product";
  static constexpr bool smooth_at_zero = true;
  Real scale = 1;
  Real shift = 0;

  MERCER_HD Dot pairing() const { return {}; }
  InnerProduct fitted(Index width) const { return {.scale = 1 / root_of(width), .shift = shift}; }
  MERCER_HD Real value(Real t) const { return scale * t + shift; }
  MERCER_HD Real slope(Real) const { return scale; }
};
static_assert(SignedKernel<InnerProduct>);

/// κ = max(scale · ⟨φ(q), φ(k)⟩, floor), floor > 0: for features that are never negative (positive random features, elu
/// + 1, ReLU). Its logarithm exists, so a factor of φ(k) can be moved into a bias and nothing overflows. Below the
/// floor κ is constant.
struct PositiveInnerProduct {
  static constexpr std::string_view name = "positive_inner_product";
  static constexpr bool smooth_at_zero = false;
  Real scale = 1;
  Real floor = Real(1e-30);

  MERCER_HD Dot pairing() const { return {}; }
  PositiveInnerProduct fitted(Index width) const { return {.scale = 1 / root_of(width), .floor = floor}; }
  MERCER_HD Real log_value(Real t) const { return std::log(scale * t > floor ? scale * t : floor); }
  MERCER_HD Real log_slope(Real t) const { return scale * t > floor ? 1 / t : Real(0); }
};
static_assert(PositiveKernel<PositiveInnerProduct>);

/// κ = (scale · ⟨φ(q), φ(k)⟩)² + floor: implicit kernel attention on spectral features, with floor = 1e-5. The
/// derivative of ln κ reaches 1/√floor.
struct SquaredInnerProduct {
  static constexpr std::string_view name = "squared_inner_product";
  static constexpr bool smooth_at_zero = true;
  Real scale = 1;
  Real floor = Real(1e-5);

  MERCER_HD Dot pairing() const { return {}; }
  SquaredInnerProduct fitted(Index width) const { return {.scale = 1 / root_of(width), .floor = floor}; }
  MERCER_HD Real log_value(Real t) const { return std::log(scale * t * scale * t + floor); }
  MERCER_HD Real log_slope(Real t) const { return 2 * scale * scale * t / (scale * t * scale * t + floor); }
};
static_assert(PositiveKernel<SquaredInnerProduct>);

}  // namespace mercer
