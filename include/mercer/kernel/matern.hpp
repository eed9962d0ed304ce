#pragma once

#include <cmath>
#include <numbers>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = (1 + a) e^(−a), a = √3 ‖q − k‖ / σ: the Matérn kernel of smoothness 3/2, smoother than the Laplacian at 0 and
/// with a heavier tail than the Gaussian (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
/// equation 4.17).
struct Matern {
  static constexpr std::string_view name = "matern";
  static constexpr bool smooth_at_zero = true;
  static constexpr KnownValue known{3, Real(0.199148273471455777)};  // 4 e^(−3)
  Real sigma = 1;

  MERCER_HD SquaredDistance pairing() const { return {}; }
  Matern fitted(Index width) const { return {.sigma = std::sqrt(root_of(width))}; }
  MERCER_HD Real log_value(Real t) const {
    const Real a = at_most_largest(std::sqrt(t) * rate());
    return std::log1p(a) - a;
  }
  MERCER_HD Real log_slope(Real t) const { return -rate() * rate() / (2 * (1 + std::sqrt(t) * rate())); }
  MERCER_HD Real rate() const { return std::numbers::sqrt3_v<Real> / sigma; }
};
static_assert(PositiveKernel<Matern>);

}  // namespace mercer
