#pragma once
// Arithmetic intrinsics. The fast ones round like the host's library, not like a GPU.

#include <bit>
#include <cmath>
#include <cstdint>

// glibc declares some of these names with noexcept
inline float __expf(float x) noexcept { return std::exp(x); }
inline float __logf(float x) noexcept { return std::log(x); }
inline float __sinf(float x) noexcept { return std::sin(x); }
inline float __cosf(float x) noexcept { return std::cos(x); }
inline float __fdividef(float x, float y) noexcept { return x / y; }
inline float __frcp_rn(float x) noexcept { return 1.0f / x; }
inline float __fmaf_rn(float x, float y, float z) noexcept { return std::fma(x, y, z); }
inline float rsqrtf(float x) noexcept { return 1.0f / std::sqrt(x); }
inline void sincospif(float x, float* sine, float* cosine) noexcept {
  const double angle = 3.14159265358979323846 * std::fmod(static_cast<double>(x), 2.0);
  *sine = static_cast<float>(std::sin(angle));
  *cosine = static_cast<float>(std::cos(angle));
}

inline int __popc(unsigned x) noexcept { return std::popcount(x); }
inline int __clz(int x) noexcept { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __ffs(int x) noexcept { return __builtin_ffs(x); }
inline unsigned __umulhi(unsigned x, unsigned y) noexcept { return static_cast<unsigned>(std::uint64_t{x} * y >> 32); }

inline unsigned __float_as_uint(float x) noexcept { return std::bit_cast<unsigned>(x); }
inline int __float_as_int(float x) noexcept { return std::bit_cast<int>(x); }
inline float __uint_as_float(unsigned x) noexcept { return std::bit_cast<float>(x); }
inline float __int_as_float(int x) noexcept { return std::bit_cast<float>(x); }
