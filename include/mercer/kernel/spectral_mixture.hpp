#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"

namespace mercer {

/// κ = Σ_c exp(g_c + g'_c − ½‖u_c − u'_c‖²) cos(a_c − a'_c) + shift, of any sign, between rows
///   [u_1 … u_C | a_1 … a_C | g_1 … g_C],   u_c of width `rank`.
/// With u_c = R_c x, a_c = μ_c·x and g_c = ½ ln π_c this is the expectation of random Fourier features whose
/// frequencies follow the Gaussian mixture Σ_c π_c N(μ_c, R_cᵀR_c), made symmetric: the spectral mixture kernel
/// (Wilson and Adams, Gaussian Process Kernels for Pattern Discovery, ICML 2013, equation 12;
/// spec: Kernel Transformers, section 2). |κ − shift| ≤ Σ_c π_c, so that a shift of 1 keeps row sums from vanishing.
struct SpectralMixture {
  static constexpr std::string_view name = "spectral_mixture";
  static constexpr bool smooth_at_zero = true;
  Index components = 2;  // C
  Index rank = 8;
  Real shift = 1;

  MERCER_HD Index width() const { return components * (rank + 2); }
  MERCER_HD Index phase(Index c) const { return components * rank + c; }              // where a_c stands
  MERCER_HD Index half_weight(Index c) const { return components * (rank + 1) + c; }  // where g_c stands

  MERCER_HD Real value(const Real* q, const Real* k) const {
    Real sum = shift;
    for (Index c = 0; c < components; ++c) {
      Real distance = 0;
      for (Index r = c * rank; r < (c + 1) * rank; ++r)
        distance += (q[r] - k[r]) * (q[r] - k[r]);
      const Real g = q[half_weight(c)] + k[half_weight(c)];
      sum += std::exp(g - distance / 2) * std::cos(q[phase(c)] - k[phase(c)]);
    }
    return sum;
  }
};
static_assert(RowKernel<SpectralMixture>);

}  // namespace mercer
