#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// What two nodes are compared by: t = Σ_c term(q_c, k_c, a_c) over the components of one head. Every term is
/// symmetric in q and k, so one slope serves both ends: slope(x, other, a) = ∂term/∂x. `a` is a learned vector
/// that only a pairing with `weighted` reads. R is Real, or a vector of several that the CPU handles at once.
/// What a pairing says of itself beside these is listed in traits.hpp.
namespace mercer {

/// √d of heads of width d, at least 1: what scales and bandwidths are fitted to.
inline Real root_of(Index width) { return std::sqrt(static_cast<Real>(width > 1 ? width : 1)); }

/// t = ⟨q, k⟩
struct Dot {
  template <class R>
  MERCER_HD R term(R q, R k, R) const {
    return q * k;
  }
  template <class R>
  MERCER_HD R slope(R, R other, R) const {
    return other;
  }
};

/// t = ‖q − k‖²
struct SquaredDistance {
  static constexpr bool stationary = true;
  template <class R>
  MERCER_HD R term(R q, R k, R) const {
    return (q - k) * (q - k);
  }
  template <class R>
  MERCER_HD R slope(R x, R other, R) const {
    return Real(2) * (x - other);
  }
};

/// t = ‖q − k‖₁; slope 0 where the ends meet.
struct AbsoluteDistance {
  static constexpr bool stationary = true;
  template <class R>
  MERCER_HD R term(R q, R k, R) const {
    return q > k ? q - k : k - q;
  }
  template <class R>
  MERCER_HD R slope(R x, R other, R) const {
    const R zero{}, one = zero + Real(1);
    return x > other ? one : (x < other ? -one : zero);
  }
};

/// t = Σ_c (|q_c| + |k_c| − |q_c − k_c|): twice what both have of a component, where their signs agree.
struct Overlap {
  template <class R>
  MERCER_HD R term(R q, R k, R) const {
    const R zero{}, less = AbsoluteDistance{}.term(q, k, zero);
    return AbsoluteDistance{}.term(q, zero, zero) + AbsoluteDistance{}.term(k, zero, zero) - less;
  }
  template <class R>
  MERCER_HD R slope(R x, R other, R) const {
    const R zero{};
    return AbsoluteDistance{}.slope(x, zero, zero) - AbsoluteDistance{}.slope(x, other, zero);
  }
};

/// t = Σ_c (q_c + k_c); of width 1 the sum of two half scores.
struct Sum {
  static constexpr bool half_scores = true;
  template <class R>
  MERCER_HD R term(R q, R k, R) const {
    return q + k;
  }
  template <class R>
  MERCER_HD R slope(R, R, R) const {
    return R{} + Real(1);
  }
};

/// t = Σ_c a_c leaky_relu(q_c + k_c)
struct WeightedLeakySum {
  static constexpr bool weighted = true;
  Real negative_slope = Real(0.2);

  template <class R>
  MERCER_HD R term(R q, R k, R a) const {
    return a * weight_slope(q, k);
  }
  template <class R>
  MERCER_HD R slope(R x, R other, R a) const {
    return x + other > R{} ? a : negative_slope * a;
  }
  template <class R>
  MERCER_HD R weight_slope(R q, R k) const {  // ∂term/∂a
    const R sum = q + k;
    return sum > R{} ? sum : negative_slope * sum;
  }
};

/// t = 0: nothing is compared.
struct Nothing {
  static constexpr bool compares = false, stationary = true;
  template <class R>
  MERCER_HD R term(R, R, R) const {
    return R{};
  }
  template <class R>
  MERCER_HD R slope(R, R, R) const {
    return R{};
  }
};

}  // namespace mercer
