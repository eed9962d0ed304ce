#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = exp(−‖q − k‖² / 2σ²), the radial basis function. With σ² = √d and the magnitude exp(‖k‖² / 2√d) it equals
/// softmax attention.
struct Gaussian {
  static constexpr std::string_view name = "gaussian", logit_name = "gaussian_logit";
  static constexpr bool smooth_at_zero = true;
  Real sigma = 1;

  MERCER_HD SquaredDistance pairing() const { return {}; }
  Gaussian fitted(Index width) const { return {.sigma = std::sqrt(root_of(width))}; }
  MERCER_HD Real log_value(Real t) const { return -at_most_largest(t / (2 * sigma * sigma)); }
  MERCER_HD Real log_slope(Real) const { return Real(-1) / (2 * sigma * sigma); }
};
static_assert(PositiveKernel<Gaussian>);

}  // namespace mercer
