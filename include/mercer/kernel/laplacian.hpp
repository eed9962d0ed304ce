#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = exp(−‖q − k‖₁ / σ).
struct Laplacian {
  static constexpr std::string_view name = "laplacian";
  static constexpr bool smooth_at_zero = false;
  Real sigma = 1;

  MERCER_HD AbsoluteDistance pairing() const { return {}; }
  Laplacian fitted(Index width) const { return {.sigma = root_of(width)}; }
  MERCER_HD Real log_value(Real t) const { return -at_most_largest(t / sigma); }
  MERCER_HD Real log_slope(Real) const { return Real(-1) / sigma; }
};
static_assert(PositiveKernel<Laplacian>);

}  // namespace mercer
