#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = scale · ⟨φ(q), φ(k)⟩ + shift, of any sign: random Fourier features, cosine similarity (of unit vectors),
/// elu + 1, ReLU and positive random features. A shift of 1 keeps the row sums of Fourier features above 0
/// (spec: Kernel Transformers, section 1, fact 2).
struct InnerProduct {
  using Pairing = Dot;
  static constexpr std::string_view name = "inner_product";
  static constexpr bool smooth_at_zero = true;
  Real scale = 1;
  Real shift = 0;

  MERCER_HD Pairing pairing() const { return {}; }
  MERCER_HD Real value(Real t) const { return scale * t + shift; }
  MERCER_HD Real slope(Real) const { return scale; }
};
static_assert(SignedKernel<InnerProduct>);

/// κ = (scale · ⟨φ(q), φ(k)⟩)² + floor: implicit kernel attention on its spectral features, floor = 1e-5
/// (spec: Implicit Kernel Attention, section 2.1). Slopes reach 1/√floor.
struct SquaredInnerProduct {
  using Pairing = Dot;
  static constexpr std::string_view name = "squared_inner_product";
  static constexpr bool smooth_at_zero = true;
  Real scale = 1;
  Real floor = Real(1e-5);

  MERCER_HD Pairing pairing() const { return {}; }
  MERCER_HD Real log_value(Real t) const { return std::log(scale * t * scale * t + floor); }
  MERCER_HD Real log_slope(Real t) const { return 2 * scale * scale * t / (scale * t * scale * t + floor); }
};
static_assert(PositiveKernel<SquaredInnerProduct>);

}  // namespace mercer
