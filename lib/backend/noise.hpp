#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "mercer/base/annotate.hpp"
#include "mercer/base/random.hpp"
#include "mercer/base/types.hpp"

/// Noise of frequencies, for both backends.
namespace mercer {

/// Value n of a stream of N(0, 1): one half of Box and Muller's pair number n / 2.
MERCER_HD inline Real normal_draw(const Stream& stream, Index n) {
  const auto pair = static_cast<std::uint64_t>(n) / 2;
  const Philox::Counter words = stream.draw(static_cast<std::uint32_t>(pair), static_cast<std::uint32_t>(pair >> 32));
  const double radius = std::sqrt(-2 * std::log((words[0] + 0.5) * 0x1p-32));
  const double angle = 2 * std::numbers::pi * (words[1] * 0x1p-32);
  return static_cast<Real>(radius * (n % 2 == 0 ? std::cos(angle) : std::sin(angle)));
}

/// f(r), r = 0 … d − 1, in a loop that stays one: unrolled, those of a column take more registers than a device's
/// thread has.
template <class F>
MERCER_HD inline void for_each_row(Index d, F&& f) {
#ifdef __CUDACC__
#pragma unroll 1
#endif
  for (Index r = 0; r < d; ++r)
    f(r);
}

/// Σ_r a_r b_r of two columns of d rows, `stride` apart.
MERCER_HD inline double dot_of_columns(const Real* a, const Real* b, Index d, Index stride) {
  double sum = 0;
  for_each_row(d, [&](Index r) { sum += static_cast<double>(a[r * stride]) * static_cast<double>(b[r * stride]); });
  return sum;
}

/// Columns 0 … count − 1 of x, count ≤ d, each made orthogonal to those before it and given back its length. A column
/// that depends on them becomes 0. Two rounds of Gram-Schmidt remove the rounding of the first.
MERCER_HD inline void orthogonal_block(const Real* x, Index d, Index stride, Index count, Real* y) {
  const auto scale = [&](Index m, double factor) {
    for_each_row(
        d, [&](Index r) { y[r * stride + m] = static_cast<Real>(factor * static_cast<double>(y[r * stride + m])); });
  };
  for (Index m = 0; m < count; ++m) {
    for_each_row(d, [&](Index r) { y[r * stride + m] = x[r * stride + m]; });
    for (Index n = 0; n < 2 * m; ++n) {
      const Real* other = y + n % m;
      const double along = dot_of_columns(other, y + m, d, stride);
      for_each_row(
          d, [&](Index r) { y[r * stride + m] -= static_cast<Real>(along * static_cast<double>(other[r * stride])); });
    }
    const double squares = dot_of_columns(y + m, y + m, d, stride), wanted = dot_of_columns(x + m, x + m, d, stride);
    scale(m, squares > 1e-10 * wanted ? 1 / std::sqrt(squares) : 0);
  }
  for (Index m = 0; m < count; ++m)
    scale(m, std::sqrt(dot_of_columns(x + m, x + m, d, stride)));
}

}  // namespace mercer
