#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/loops/kernel_loops.hpp"

namespace mercer {

/// κ = Σ_c exp(g_c + g'_c − ½‖u_c − u'_c‖²) cos(a_c − a'_c) + shift, of any sign, between rows
///   [u_1 … u_C | a_1 … a_C | g_1 … g_C],   u_c of width `rank`.
/// With u_c = R_c x, a_c = μ_c·x and g_c = ½ ln π_c this is the expectation of random Fourier features whose
/// frequencies follow the Gaussian mixture Σ_c π_c N(μ_c, R_cᵀR_c), made symmetric: the spectral mixture kernel
/// (Wilson and Adams, Gaussian Process Kernels for Pattern Discovery, ICML 2013, equation 12;
/// spec: Kernel Transformers, section 2). |κ − shift| ≤ Σ_c π_c, so that a shift of 1 keeps row sums from vanishing.
struct SpectralMixture {
  static constexpr std::string_view name = "spectral_mixture";
  static constexpr bool smooth_at_zero = true, stationary = true;
  Index components = 2;  // C
  Index rank = 8;
  Real shift = 1;

  MERCER_HD Index values() const { return 2 * components; }
  MERCER_HD Index width() const { return components * (rank + 2); }
  MERCER_HD Index phase(Index c) const { return components * rank + c; }              // where a_c stands
  MERCER_HD Index half_weight(Index c) const { return components * (rank + 1) + c; }  // where g_c stands

  /// t: p_c cos δ_c, then −p_c sin δ_c, which are ∂κ/∂exponent and ∂κ/∂phase. Swapping the ends of an edge turns the
  /// sign of the second alone, and so does ∂phase/∂near: one slope serves both ends.
  template <class Row>
  MERCER_HD Real value(const Real* near, const Row& far, Real* t, Index stride) const {
    Real sum = shift;
    for (Index c = 0; c < components; ++c) {
      Real distance = 0;
      for (Index r = c * rank; r < (c + 1) * rank; ++r)
        distance += (near[r] - far[r]) * (near[r] - far[r]);
      const Real p = std::exp(near[half_weight(c)] + far[half_weight(c)] - distance / 2);
      const Real delta = near[phase(c)] - far[phase(c)];
      t[c * stride] = p * std::cos(delta);
      t[(components + c) * stride] = -p * std::sin(delta);
      sum += t[c * stride];
    }
    return sum;
  }

  MERCER_HD Real slope(Index c, Real near, Real far, const Real* t, Index stride) const {
    if (c < phase(0)) return t[c / rank * stride] * (far - near);  // −½‖u − u'‖² slopes by u' − u
    if (c < half_weight(0)) return t[(c - phase(0) + components) * stride];
    return t[(c - half_weight(0)) * stride];
  }

  cpu::KernelLoops loops() const;  // the same for many edges at once, in the library
};
static_assert(RowKernel<SpectralMixture>);

}  // namespace mercer
