#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// What two nodes are compared by: t = Σ_c term(q_c, k_c, a_c) over the components of one head. Every term is
/// symmetric in q and k, so one slope serves both ends: slope(x, other, a) = ∂term/∂x. `a` is a learned vector
/// that only a pairing with `weighted` reads.
namespace mercer {

/// t = ⟨q, k⟩
struct Dot {
  static constexpr bool weighted = false;
  MERCER_HD Real term(Real q, Real k, Real) const { return q * k; }
  MERCER_HD Real slope(Real, Real other, Real) const { return other; }
};

/// t = ‖q − k‖²
struct SquaredDistance {
  static constexpr bool weighted = false;
  MERCER_HD Real term(Real q, Real k, Real) const { return (q - k) * (q - k); }
  MERCER_HD Real slope(Real x, Real other, Real) const { return 2 * (x - other); }
};

/// t = ‖q − k‖₁; slope 0 where the ends meet.
struct AbsoluteDistance {
  static constexpr bool weighted = false;
  MERCER_HD Real term(Real q, Real k, Real) const { return q > k ? q - k : k - q; }
  MERCER_HD Real slope(Real x, Real other, Real) const { return x > other ? Real(1) : x < other ? Real(-1) : Real(0); }
};

/// t = Σ_c (q_c + k_c); of width 1 the sum of two half scores.
struct Sum {
  static constexpr bool weighted = false;
  MERCER_HD Real term(Real q, Real k, Real) const { return q + k; }
  MERCER_HD Real slope(Real, Real, Real) const { return 1; }
};

/// t = Σ_c a_c leaky_relu(q_c + k_c)
struct WeightedLeakySum {
  static constexpr bool weighted = true;
  Real negative_slope = Real(0.2);
  MERCER_HD Real term(Real q, Real k, Real a) const { return a * weight_slope(q, k); }
  MERCER_HD Real slope(Real x, Real other, Real a) const { return x + other > 0 ? a : negative_slope * a; }
  MERCER_HD Real weight_slope(Real q, Real k) const {  // ∂term/∂a
    const Real sum = q + k;
    return sum > 0 ? sum : negative_slope * sum;
  }
};

/// t = 0: nothing is compared.
struct Nothing {
  static constexpr bool weighted = false;
  MERCER_HD Real term(Real, Real, Real) const { return 0; }
  MERCER_HD Real slope(Real, Real, Real) const { return 0; }
};

}  // namespace mercer
