#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "mercer/base/types.hpp"

/// sin and cos of 2πu, u in turns. Subtracting whole turns is exact, so no reduction by π is needed. Without branches,
/// so that a loop becomes vector code. The error is below 2e-7 for |u| < 2^20; NaN and ±inf give NaN.
namespace mercer::cpu {

template <class R>
struct SinCos {
  R sin, cos;
};

inline SinCos<float> sin_cos_of_turns(float u) {
  // u = q/4 + r, |r| ≤ 1/8; 4u + shift is rounded to the integer q, in its low bits
  constexpr float shift = 0x1.8p23f;
  const float shifted = 4 * u + shift;
  const auto q = std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(shift);
  const float angle = (u - 0.25f * (shifted - shift)) * 6.28318531f, square = angle * angle;
  // minimax on |angle| ≤ π/4 (Moshier, Cephes, sinf.c: the coefficients)
  const float s =
      ((-1.9515295891e-4f * square + 8.3321608736e-3f) * square - 1.6666654611e-1f) * square * angle + angle;
  const float c =
      ((2.443315711809948e-5f * square - 1.388731625493765e-3f) * square + 4.166664568298827e-2f) * square * square -
      0.5f * square + 1;
  const bool swapped = (q & 1u) != 0;
  const float sine = swapped ? c : s, cosine = swapped ? s : c;
  return {(q & 2u) != 0 ? -sine : sine, ((q + 1) & 2u) != 0 ? -cosine : cosine};
}

inline SinCos<double> sin_cos_of_turns(double u) {
  const double angle = 2 * std::numbers::pi * (u - std::nearbyint(u));
  return {std::sin(angle), std::cos(angle)};
}

}  // namespace mercer::cpu
