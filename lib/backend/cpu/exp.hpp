#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "mercer/base/types.hpp"

/// e^x, e^x − 1, ln x and what is made of them, without branches or calls, so that a loop over them becomes vector
/// code. In float the error is below 2 units in the last place, of those after log_of below 5; in double they call the
/// standard functions. ±inf and NaN give the results of <cmath>, and subnormal arguments and results count as 0, but
/// ln(1 + e^x) is the smallest normal number where it would be smaller.
namespace mercer::cpu {
namespace detail {

/// x = k ln 2 + r, |r| ≤ ln 2 / 2. The polynomials here are minimax fits, lowest power first.
struct Reduced {
  std::int32_t k;
  float r;
};
inline Reduced reduce(float x) {
  constexpr float shift = 0x1.8p23f;  // x + shift is rounded to an integer, in its low bits
  constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
  const float shifted = x * 0x1.715476p0f + shift;
  const float k = shifted - shift;
  const auto bits = std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(shift);
  return {static_cast<std::int32_t>(bits), (x - k * ln2_high) - k * ln2_low};
}

/// e^r − 1 = r + r² q(r)
inline float exp_minus_1_reduced(float r) {
  float q = 0.000199142513f;
  q = q * r + 0.00139410661f;
  q = q * r + 0.00833327292f;
  q = q * r + 0.041666354f;
  q = q * r + 0.166666668f;
  q = q * r + 0.500000005f;
  return q * (r * r) + r;
}

/// 2^k, −126 ≤ k ≤ 127
inline float power_of_2(std::int32_t k) { return std::bit_cast<float>((static_cast<std::uint32_t>(k) + 127u) << 23); }

constexpr float lowest_of_exp = -87.3365402f;  // just above ln of the smallest normal number

/// e^x, lowest_of_exp ≤ x ≤ 89
inline float exp_inside(float x) {
  const auto [k, r] = reduce(x);
  // 2^k as two factors, since 2^128 is not a float
  const std::int32_t half = k >> 1;
  return (exp_minus_1_reduced(r) + 1) * power_of_2(half) * power_of_2(k - half);
}

/// ln x of a normal number
inline float log_inside(float x) {
  constexpr std::uint32_t root_of_half = 0x3f3504f3u;
  // x = 2^k (1 + t), √½ ≤ 1 + t < √2;  ln(1 + t) = t − t²/2 + t³ q(t)
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::int32_t k = static_cast<std::int32_t>(bits - root_of_half) >> 23;
  const float t = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(k) << 23)) - 1;
  float q = -0.0785961151f;
  q = q * t + 0.128816475f;
  q = q * t - 0.131287548f;
  q = q * t + 0.141811919f;
  q = q * t - 0.16624554f;
  q = q * t + 0.200022863f;
  q = q * t - 0.250008104f;
  q = q * t + 0.333333167f;
  const auto power = static_cast<float>(k);
  return power * 0x1.62e4p-1f + (t + (t * t * (q * t - 0.5f) + power * 0x1.7f7d1cp-20f));
}

}  // namespace detail

inline float exp_of(float x) {
  constexpr float lowest = detail::lowest_of_exp, highest = 89.0f;  // e^89 is inf
  float inside = x < lowest ? lowest : x;
  inside = inside > highest ? highest : inside;
  const float y = detail::exp_inside(inside);
  return x < lowest ? 0.0f : y;
}

inline float exp_minus_1_of(float x) {
  constexpr float lowest = -18.0f, highest = 89.0f;  // −1 and inf from here on
  float inside = x < lowest ? lowest : x;
  inside = inside > highest ? highest : inside;
  const auto [k, r] = detail::reduce(inside);
  const float half = detail::power_of_2(k - 1);
  const float y = half * detail::exp_minus_1_reduced(r) + (half - 0.5f);
  return 2 * y;
}

/// ln 0 = −inf; NaN below 0.
inline float log_of(float x) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float smallest = std::numeric_limits<float>::min();
  const float y = detail::log_inside(x);
  // a sum instead of a branch, so that loops over this become vector code
  const float unless_zero = x < smallest ? -infinity : 0.0f;
  const float unless_finite = x < infinity ? 0.0f : x;
  const float unless_negative = x < 0 ? infinity : 0.0f;  // −inf + inf is NaN
  return y + unless_zero + unless_finite + unless_negative;
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + t), t = e^(−|x|), never 0: what 1 + t rounds off is added to the first order.
inline float log_1_plus_exp_of(float x) {
  // −|x| and its limit are compared as integers: for a comparison of floats g++ would make a path of its own
  constexpr auto limit = std::bit_cast<std::uint32_t>(detail::lowest_of_exp);
  const std::uint32_t below = std::bit_cast<std::uint32_t>(x) | 1u << 31;
  const float t = detail::exp_inside(std::bit_cast<float>(below < limit ? below : limit));
  const float sum = 1 + t;
  return (x < 0 ? 0.0f : x) + (detail::log_inside(sum) + (t - (sum - 1)) / sum);
}

/// e^(−x²/2). The square of x cut to 12 bits is exact; the rest of x² is small.
inline float bell_of(float x) {
  constexpr float highest = 14.0f;  // 0 from here on
  const float far = x < 0 ? -x : x, a = far > highest ? highest : far;
  const float cut = std::bit_cast<float>(std::bit_cast<std::uint32_t>(a) & 0xffff'f000u);
  return exp_of(-cut * cut / 2) * exp_of((cut - a) * (cut + a) / 2);
}

/// Φ(x) = P(N(0, 1) ≤ x). Φ(−a) e^(a²/2) (1 + a), a ≥ 0, is a polynomial of (a − c) / (a + c), a minimax fit.
inline float normal_cdf_of(float x) {
  constexpr float c = 2.83f, highest = 14.0f;
  const float far = x < 0 ? -x : x, a = far > highest ? highest : far;
  const float q = (a - c) / (a + c);
  float p = -0.00012561154f;
  p = p * q - 0.00042615374f;
  p = p * q + 0.00032405203f;
  p = p * q + 0.002929775f;
  p = p * q - 0.0018026711f;
  p = p * q - 0.018658476f;
  p = p * q + 0.0464289f;
  p = p * q - 0.023245748f;
  p = p * q - 0.0953699f;
  p = p * q + 0.48885536f;
  const float tail = bell_of(x) * p / (1 + a);
  return x < 0 ? tail : 1 - tail;
}

inline double exp_of(double x) { return std::exp(x); }
inline double exp_minus_1_of(double x) { return std::expm1(x); }
inline double log_of(double x) { return std::log(x); }
inline double log_1_plus_exp_of(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); }
inline double bell_of(double x) { return std::exp(-x * x / 2); }
inline double normal_cdf_of(double x) { return std::erfc(-x * (std::numbers::sqrt2 / 2)) / 2; }

}  // namespace mercer::cpu
