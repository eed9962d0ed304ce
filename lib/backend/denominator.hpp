#pragma once

#include <cmath>
#include <limits>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// The denominator of a row, as both backends compute it.
namespace mercer {

/// 1 / Σ of positive weights; 0 for a row without edges.
MERCER_HD inline Real inverse_of_positive_sum(Real sum) { return sum > 0 ? 1 / sum : Real(0); }

/// Saved as ln Σ of a row whose sum is 0: exp(s − ln Σ) = 0 for every s.
constexpr Real log_of_no_sum = std::numeric_limits<Real>::infinity();

/// A sum of signed weights is replaced by ±guard when its magnitude is smaller.
MERCER_HD inline bool is_safe_sum(Real sum, Real guard) { return std::abs(sum) >= guard && sum != 0; }

/// 1 / Σ of signed weights, guarded; 0 where Σ and the guard are 0.
MERCER_HD inline Real inverse_of_signed_sum(Real sum, Real guard) {
  if (is_safe_sum(sum, guard)) return 1 / sum;
  return guard > 0 ? std::copysign(1 / guard, sum) : Real(0);
}

}  // namespace mercer
