#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = 1 / (1 + ‖q − k‖² / σ²): the Cauchy kernel, also called inverse quadratic.
struct Cauchy {
  static constexpr std::string_view name = "cauchy", logit_name = "cauchy_logit";
  static constexpr bool smooth_at_zero = true;
  static constexpr KnownValue known{3, Real(0.25)};
  Real sigma = 1;

  MERCER_HD SquaredDistance pairing() const { return {}; }
  Cauchy fitted(Index width) const { return {.sigma = std::sqrt(root_of(width))}; }
  MERCER_HD Real log_value(Real t) const { return -std::log1p(at_most_largest(t / (sigma * sigma))); }
  MERCER_HD Real log_slope(Real t) const { return Real(-1) / (sigma * sigma + t); }
};
static_assert(PositiveKernel<Cauchy>);

}  // namespace mercer
