#pragma once

#include <bit>
#include <cstdint>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// bfloat16, the upper half of a float: sign, exponent and 7 bits of the fraction.
struct BrainFloat {
  std::uint16_t bits = 0;

  /// x rounded to the nearest value, ties to even. NaN stays NaN.
  MERCER_HD static BrainFloat nearest(float x) {
    const auto whole = std::bit_cast<std::uint32_t>(x);
    constexpr std::uint32_t infinity = 0x7f80'0000, quiet = 0x0040'0000;
    if ((whole & ~(1u << 31)) > infinity) return {static_cast<std::uint16_t>((whole | quiet) >> 16)};
    return {static_cast<std::uint16_t>((whole + 0x7fff + (whole >> 16 & 1)) >> 16)};
  }
  MERCER_HD float value() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};
static_assert(sizeof(BrainFloat) == 2);

/// The format in which attention stores the rows that edges gather.
enum class Storage {
  real,
  bf16,  // each value is rounded to a BrainFloat; sums are in Real, and gradients ignore the rounding
};

/// The value that is read back after x has been stored.
MERCER_HD inline Real stored(Storage storage, Real x) {
  return storage == Storage::bf16 ? Real{BrainFloat::nearest(static_cast<float>(x)).value()} : x;
}

}  // namespace mercer
