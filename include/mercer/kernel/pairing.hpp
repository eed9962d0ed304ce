#pragma once

#include <cmath>
#include <limits>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// A pairing compares two nodes: t = Σ_c term(q_c, k_c, a_c) over the components of one head. Every term is symmetric
/// in q and k, so one derivative serves both ends: slope(x, other, a) = ∂term/∂x. `a` is a learned vector, read only by
/// a pairing with `weighted`. R is Real, or a vector of several Reals for the CPU loops, taken by reference: g++ notes
/// of vectors by value that compilers have differed. traits.hpp lists the static members that a pairing may have.
namespace mercer {

/// A distance, the largest Real where it is more than a Real can hold: so the logarithm of a kernel that falls with it
/// is above −∞, and a row of nothing else still has a largest score. NaN stays: over segments ‖q − k‖² is made of
/// products, and is NaN where they overflow.
MERCER_HD inline Real at_most_largest(Real distance) {
  constexpr Real largest = std::numeric_limits<Real>::max();
  return distance > largest ? largest : distance;
}

/// √d for heads of width d, at least 1. Default scales and bandwidths are made of it.
inline Real root_of(Index width) { return std::sqrt(static_cast<Real>(width > 1 ? width : 1)); }

/// t = ⟨q, k⟩
struct Dot {
  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R&) const {
    return q * k;
  }
  template <class R>
  MERCER_HD R slope(const R&, const R& other, const R&) const {
    return other;
  }
};

/// t = ‖q − k‖²
struct SquaredDistance {
  static constexpr bool stationary = true;
  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R&) const {
    return (q - k) * (q - k);
  }
  template <class R>
  MERCER_HD R slope(const R& x, const R& other, const R&) const {
    return Real(2) * (x - other);
  }
};

/// t = ‖q − k‖₁; the slope is 0 where q_c = k_c.
struct AbsoluteDistance {
  static constexpr bool stationary = true;
  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R&) const {
    return q > k ? q - k : k - q;
  }
  template <class R>
  MERCER_HD R slope(const R& x, const R& other, const R&) const {
    const R zero{}, one = zero + Real(1);
    return x > other ? one : (x < other ? -one : zero);
  }
};

/// t = Σ_c (|q_c| + |k_c| − |q_c − k_c|): twice the smaller of |q_c| and |k_c| where the signs agree, else 0.
struct Overlap {
  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R&) const {
    const R zero{}, less = AbsoluteDistance{}.term(q, k, zero);
    return AbsoluteDistance{}.term(q, zero, zero) + AbsoluteDistance{}.term(k, zero, zero) - less;
  }
  template <class R>
  MERCER_HD R slope(const R& x, const R& other, const R&) const {
    const R zero{};
    return AbsoluteDistance{}.slope(x, zero, zero) - AbsoluteDistance{}.slope(x, other, zero);
  }
};

/// t = Σ_c (q_c + k_c); with width 1, the sum of two half scores.
struct Sum {
  static constexpr bool half_scores = true;
  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R&) const {
    return q + k;
  }
  template <class R>
  MERCER_HD R slope(const R&, const R&, const R&) const {
    return R{} + Real(1);
  }
};

/// t = Σ_c a_c leaky_relu(q_c + k_c)
struct WeightedLeakySum {
  static constexpr bool weighted = true;
  Real negative_slope = Real(0.2);

  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R& a) const {
    return a * weight_slope(q, k);
  }
  template <class R>
  MERCER_HD R slope(const R& x, const R& other, const R& a) const {
    return x + other > R{} ? a : negative_slope * a;
  }
  template <class R>
  MERCER_HD R weight_slope(const R& q, const R& k) const {  // ∂term/∂a
    const R sum = q + k;
    return sum > R{} ? sum : negative_slope * sum;
  }
};

/// t = 0: q and k are not read.
struct Nothing {
  static constexpr bool compares = false, stationary = true;
  template <class R>
  MERCER_HD R term(const R&, const R&, const R&) const {
    return R{};
  }
  template <class R>
  MERCER_HD R slope(const R&, const R&, const R&) const {
    return R{};
  }
};

}  // namespace mercer
