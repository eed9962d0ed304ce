#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <numbers>
#include <type_traits>

#include "mercer/kernel/loops/lanes.hpp"

/// sin and cos of 2πu, u in turns. Subtracting whole turns is exact, so no reduction by π is needed. Without branches,
/// so that a loop becomes vector code. The error is below 2e-7 for |u| < 2^20; NaN and ±inf give NaN.
namespace mercer::cpu {

template <class R>
struct SinCos {
  R sin, cos;
};

namespace detail {

/// R: float, or a vector of floats, with unsigned integers of the same shape as Words.
template <class R, class Words>
inline SinCos<R> sin_cos_of_floats(const R& u) {
  // u = n/2 + r, |r| ≤ 1/4: sin and cos of 2πr with the sign of (−1)^n; 2u + shift is rounded to n, in its low bits
  constexpr float shift = 0x1.8p23f;
  const R shifted = 2.0f * u + shift;
  const R r = u - 0.5f * (shifted - shift), s = r * r;
  // minimax polynomials on |r| ≤ 1/4, without rounding within 3.4e-9 and 2.5e-10
  const R sine = ((((39.536705f * s - 76.54978f) * s + 81.601006f) * s - 41.341656f) * s + 6.283185f) * r;
  const R cosine = ((((-25.006796f * s + 60.148205f) * s - 85.45383f) * s + 64.939354f) * s - 19.739208f) * s + 1.0f;
  const Words sign = std::bit_cast<Words>(shifted) << 31;
  return {std::bit_cast<R>(std::bit_cast<Words>(sine) ^ sign), std::bit_cast<R>(std::bit_cast<Words>(cosine) ^ sign)};
}

}  // namespace detail

inline SinCos<float> sin_cos_of_turns(float u) { return detail::sin_cos_of_floats<float, std::uint32_t>(u); }

inline SinCos<double> sin_cos_of_turns(double u) {
  const double angle = 2 * std::numbers::pi * (u - std::nearbyint(u));
  return {std::sin(angle), std::cos(angle)};
}

template <std::same_as<Lanes> V>
inline SinCos<V> sin_cos_of_turns(const V& u) {
  if constexpr (std::is_same_v<Real, float>) {
    typedef std::uint32_t Words __attribute__((vector_size(sizeof(V))));
    return detail::sin_cos_of_floats<V, Words>(u);
  } else {
    SinCos<V> both;
    for (int n = 0; n < lane_count; ++n) {
      const auto [sine, cosine] = sin_cos_of_turns(Real{u[n]});
      both.sin[n] = sine, both.cos[n] = cosine;
    }
    return both;
  }
}

}  // namespace mercer::cpu
