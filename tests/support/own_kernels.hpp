#pragma once

#include <cmath>
#include <string_view>

#include "mercer/kernel/any_kernel.hpp"

/// Kernels that the library does not know, of every kind: as a user writes them.
namespace mercer::test {

/// t = Σ_c |q_c − k_c|³, by functions of one value alone.
struct CubedDistance {
  static constexpr bool stationary = true;
  MERCER_HD Real term(Real q, Real k, Real) const { return std::abs((q - k) * (q - k) * (q - k)); }
  MERCER_HD Real slope(Real x, Real other, Real) const { return 3 * (x - other) * std::abs(x - other); }
};

/// A positive kernel of a pairing of its own.
struct CubedExponential {
  static constexpr std::string_view name = "cubed_exponential";
  static constexpr bool smooth_at_zero = true;
  Real scale = Real(0.5);

  MERCER_HD CubedDistance pairing() const { return {}; }
  MERCER_HD Real log_value(Real t) const { return -scale * t; }
  MERCER_HD Real log_slope(Real) const { return -scale; }
};
static_assert(PositiveKernel<CubedExponential>);

/// t = Σ_c a_c q_c k_c with a learned vector a.
struct WeightedDot {
  static constexpr bool weighted = true;
  template <class R>
  MERCER_HD R term(const R& q, const R& k, const R& a) const {
    return a * q * k;
  }
  template <class R>
  MERCER_HD R slope(const R&, const R& other, const R& a) const {
    return a * other;
  }
  template <class R>
  MERCER_HD R weight_slope(const R& q, const R& k) const {
    return q * k;
  }
};

/// A signed kernel of a weighted pairing of its own.
struct WeightedCosine {
  static constexpr std::string_view name = "weighted_cosine";
  static constexpr bool smooth_at_zero = true;

  MERCER_HD WeightedDot pairing() const { return {}; }
  MERCER_HD Real value(Real t) const { return 2 + std::cos(t); }
  MERCER_HD Real slope(Real t) const { return -std::sin(t); }
};
static_assert(SignedKernel<WeightedCosine>);

/// A kernel of half scores: the forward pass on a device may keep its slope.
struct BellOfSum {
  static constexpr std::string_view name = "bell_of_sum";
  static constexpr bool smooth_at_zero = true;

  MERCER_HD Sum pairing() const { return {}; }
  MERCER_HD Real log_value(Real t) const { return -t * t / 2; }
  MERCER_HD Real log_slope(Real t) const { return -t; }
};
static_assert(PositiveKernel<BellOfSum>);

/// κ = exp(−2‖q − k‖² / ((1 + ‖q‖²)(1 + ‖k‖²))): a function of the chordal distance of two points on a sphere; it
/// needs three numbers of two rows.
struct Stereographic {
  static constexpr std::string_view name = "stereographic";
  static constexpr bool smooth_at_zero = true;
  Index dimensions = 3;

  MERCER_HD Index width() const { return dimensions; }
  MERCER_HD Index values() const { return 2; }

  template <class Row>
  MERCER_HD Real log_value(const Real* near, const Row& far, Real* t, Index stride) const {
    Real apart = 0, a = 1, b = 1;
    for (Index c = 0; c < dimensions; ++c) {
      apart += (near[c] - far[c]) * (near[c] - far[c]);
      a += near[c] * near[c];
      b += far[c] * far[c];
    }
    t[0] = 4 / (a * b);
    t[stride] = t[0] * apart / a;
    return -2 * apart / (a * b);
  }
  MERCER_HD Real slope(Index, Real near, Real far, const Real* t, Index stride) const {
    return t[0] * (far - near) + t[stride] * near;
  }
};
static_assert(RowKernel<Stereographic>);

/// The spectral mixture as if it were the user's: without the library's loops.
struct OwnMixture {
  static constexpr std::string_view name = "own_mixture";
  static constexpr bool smooth_at_zero = true, stationary = true;
  SpectralMixture mixture{};

  MERCER_HD Index width() const { return mixture.width(); }
  MERCER_HD Index values() const { return mixture.values(); }
  template <class Row>
  MERCER_HD Real value(const Real* near, const Row& far, Real* t, Index stride) const {
    return mixture.value(near, far, t, stride);
  }
  MERCER_HD Real slope(Index c, Real near, Real far, const Real* t, Index stride) const {
    return mixture.slope(c, near, far, t, stride);
  }
};
static_assert(RowKernel<OwnMixture>);

}  // namespace mercer::test
