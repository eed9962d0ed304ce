#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// Functions whose Maclaurin series has no negative coefficient. Each gives a kernel of the dot product (Kar and
/// Karnick, Random Feature Maps for Dot Product Kernels, AISTATS 2012, theorem 1).
enum class Series {
  exponential,  // e^z
  inverse,      // 1 / (1 − z)
  logarithm,    // 1 − ln(1 − z)
  root,         // 2 − √(1 − z)
};

/// κ = f(z), z = ⟨q, k⟩, with f one of the four series, all positive. Vectors should be shorter than 1 (SchoenbAt,
/// arXiv 2505.12252; its fifth function, sinh + cosh, equals e^z). z is clamped to −1 ≤ z ≤ 1 − 1e-3; outside, the
/// derivative is 0.
struct DotProductSeries {
  static constexpr std::string_view name = "dot_product_series";
  static constexpr bool smooth_at_zero = true;
  static constexpr Real lowest = -1, highest = Real(1) - Real(1e-3);
  Series series = Series::exponential;

  MERCER_HD Dot pairing() const { return {}; }

  MERCER_HD Real log_value(Real t) const {
    const Real z = t < lowest ? lowest : t > highest ? highest : t;
    switch (series) {
      case Series::inverse:
        return -std::log1p(-z);
      case Series::logarithm:
        return std::log(1 - std::log1p(-z));
      case Series::root:
        return std::log(2 - std::sqrt(1 - z));
      default:
        return z;
    }
  }

  MERCER_HD Real log_slope(Real t) const {
    if (t < lowest || t > highest) return 0;
    const Real rest = 1 - t;
    switch (series) {
      case Series::inverse:
        return 1 / rest;
      case Series::logarithm:
        return 1 / (rest * (1 - std::log(rest)));
      case Series::root:
        return 1 / (2 * std::sqrt(rest) * (2 - std::sqrt(rest)));
      default:
        return 1;
    }
  }
};
static_assert(PositiveKernel<DotProductSeries>);

}  // namespace mercer
