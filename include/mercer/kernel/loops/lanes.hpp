#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "mercer/base/brain_float.hpp"
#include "mercer/base/types.hpp"

/// Eight values of Real as one vector (GCC's vector extension, which clang supports). The functions below take a Real
/// or Lanes: a remainder shorter than a vector is computed one by one.
/// All functions of this folder have internal linkage: each file has its own copy, compiled with its own flags.
namespace mercer::cpu {

constexpr int lane_count = 8;
typedef Real Lanes __attribute__((vector_size(lane_count * sizeof(Real))));

namespace {

template <class R>
inline R load(const Real* from) {  // unaligned
  R x;
  std::memcpy(&x, from, sizeof(R));
  return x;
}

/// BrainFloats, widened in registers.
template <class R>
inline R load(const BrainFloat* from) {
  if constexpr (std::is_same_v<R, Real>) {
    return Real{from->value()};
  } else {
    typedef std::uint16_t Halves __attribute__((vector_size(lane_count * sizeof(std::uint16_t))));
    typedef std::uint32_t Wholes __attribute__((vector_size(lane_count * sizeof(std::uint32_t))));
    typedef float Floats __attribute__((vector_size(lane_count * sizeof(float))));
    Halves x;
    std::memcpy(&x, from, sizeof(x));
    // two shuffles put each half in twice, and the lower one is masked; g++ 12 makes twice as many instructions of a
    // conversion
    const auto spread = __builtin_shufflevector(x, x, 0, 1, 2, 3, -1, -1, -1, -1, 4, 5, 6, 7, -1, -1, -1, -1);
    const auto twice = __builtin_shufflevector(spread, spread, 0, 0, 1, 1, 2, 2, 3, 3, 8, 8, 9, 9, 10, 10, 11, 11);
    const Wholes wholes = (Wholes)twice & 0xffff'0000u;
    Floats floats;
    std::memcpy(&floats, &wholes, sizeof(floats));
    return __builtin_convertvector(floats, Lanes);
  }
}

template <class R>
inline void store(Real* to, const R& x) {
  std::memcpy(to, &x, sizeof(R));
}

inline Real sum_lanes(const Lanes& x) {
  const auto a = __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
  const auto b = __builtin_shufflevector(a, a, 0, 1) + __builtin_shufflevector(a, a, 2, 3);
  return b[0] + b[1];
}

/// Lane n of the result is the sum of the lanes of x[n], in the order of sum_lanes.
inline Lanes sum_lanes_of_eight(const Lanes* x) {
  const auto halves = [](const Lanes& a, const Lanes& b) {  // a0+a4 a1+a5 a2+a6 a3+a7 | b0+b4 …
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  };
  const auto quarters = [](const Lanes& a, const Lanes& b) {  // pairs of a's halves, then of b's
    return __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13) +
           __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
  };
  const Lanes a = quarters(halves(x[0], x[1]), halves(x[2], x[3])),
              b = quarters(halves(x[4], x[5]), halves(x[6], x[7]));
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

}  // namespace
}  // namespace mercer::cpu
