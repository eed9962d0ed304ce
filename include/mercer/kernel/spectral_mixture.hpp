#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/loops/kernel_loops.hpp"

namespace mercer {

/// κ = Σ_c exp(g_c + g'_c − ½‖u_c − u'_c‖²) cos(a_c − a'_c) + shift, of any sign, between rows
///   [u_1 … u_C | a_1 … a_C | g_1 … g_C],   u_c of width `rank`.
/// With u_c = R_c x, a_c = μ_c·x and g_c = ½ ln π_c it is the expectation of random Fourier features with frequencies
/// from the symmetrised Gaussian mixture Σ_c π_c N(μ_c, R_cᵀR_c): the spectral mixture kernel (Wilson and Adams,
/// Gaussian Process Kernels for Pattern Discovery, ICML 2013, equation 12). |κ − shift| ≤ Σ_c π_c, so a shift of 1
/// keeps row sums above 0.
struct SpectralMixture {
  static constexpr std::string_view name = "spectral_mixture";
  static constexpr bool smooth_at_zero = true, stationary = true;
  Index components = 2;  // C
  Index rank = 8;
  Real shift = 1;

  MERCER_HD Index values() const { return 2 * components; }
  MERCER_HD Index width() const { return components * (rank + 2); }
  MERCER_HD Index phase(Index c) const { return components * rank + c; }              // column of a_c
  MERCER_HD Index half_weight(Index c) const { return components * (rank + 1) + c; }  // column of g_c

  /// Fills t with p_c cos δ_c = ∂κ/∂exponent, then −p_c sin δ_c = ∂κ/∂phase. Exchanging the ends of an edge changes the
  /// sign of the second and of ∂phase/∂near, so one slope serves both ends.
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
    if (c < phase(0)) return t[c / rank * stride] * (far - near);  // ∂(−½‖u − u'‖²)/∂u = u' − u
    if (c < half_weight(0)) return t[(c - phase(0) + components) * stride];
    return t[(c - half_weight(0)) * stride];
  }

  cpu::KernelLoops loops() const;  // vectorised, in the library
};
static_assert(RowKernel<SpectralMixture>);

}  // namespace mercer
