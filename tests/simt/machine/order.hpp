#pragma once
// The order of what CUDA leaves unordered: lanes of a warp, warps, blocks, streams.

#include <cstdint>

namespace simt {

enum class Order { forward, reverse, random };

/// Picks among the set bits of a mask.
class Picker {
 public:
  Picker(Order order, std::uint64_t seed) : order_(order), state_(seed * 0x9E3779B97F4A7C15u + 0x632BE59BD9B4E019u) {}

  /// mask != 0
  unsigned pick(std::uint32_t mask) {
    if (order_ == Order::forward) return static_cast<unsigned>(__builtin_ctz(mask));
    if (order_ == Order::reverse) return 31u - static_cast<unsigned>(__builtin_clz(mask));
    return pick_at_random(mask);
  }

  /// Nearly uniform in [0, n), n > 0.
  std::uint64_t draw(std::uint64_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 16) % n;
  }

  Order order() const { return order_; }

 private:
  unsigned pick_at_random(std::uint32_t mask) {
    for (auto skip = draw(static_cast<unsigned>(__builtin_popcount(mask))); skip > 0; --skip)
      mask &= mask - 1;
    return static_cast<unsigned>(__builtin_ctz(mask));
  }

  Order order_;
  std::uint64_t state_;
};

}  // namespace simt
