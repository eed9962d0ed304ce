#pragma once

#include <cstdint>

#include "mercer/base/random.hpp"

/// Philox for many counters side by side, so that the ten rounds become vector code.
namespace mercer::cpu {

constexpr int draws_at_once = 16;
constexpr int elements_at_once = 8 * draws_at_once;  // 16 bits each

/// bits[n] = the 16 bits of element first + n, which are sixteen_bits(stream.draw(element / 8), element % 8).
/// `first` is a multiple of 8; bits [elements_at_once].
inline void draw_sixteen_bits(const Stream& stream, std::uint64_t first, std::uint16_t* bits) {
  using Lanes = std::uint32_t[draws_at_once];
  Lanes c0, c1, c2, c3;
  for (int l = 0; l < draws_at_once; ++l) {
    const std::uint64_t draw = first / 8 + static_cast<std::uint64_t>(l);
    c0[l] = static_cast<std::uint32_t>(draw);
    c1[l] = static_cast<std::uint32_t>(draw >> 32);
    c2[l] = stream.call;
    c3[l] = stream.step;
  }
  auto key0 = static_cast<std::uint32_t>(stream.seed), key1 = static_cast<std::uint32_t>(stream.seed >> 32);
  for (int round = 0; round < 10; ++round) {  // as Philox::draw
    for (int l = 0; l < draws_at_once; ++l) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * c0[l], b = std::uint64_t{0xCD9E8D57u} * c2[l];
      c0[l] = static_cast<std::uint32_t>(b >> 32) ^ c1[l] ^ key0;
      c1[l] = static_cast<std::uint32_t>(b);
      c2[l] = static_cast<std::uint32_t>(a >> 32) ^ c3[l] ^ key1;
      c3[l] = static_cast<std::uint32_t>(a);
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int l = 0; l < draws_at_once; ++l) {
    const std::uint32_t words[4] = {c0[l], c1[l], c2[l], c3[l]};
    for (int part = 0; part < 8; ++part)
      bits[8 * l + part] = static_cast<std::uint16_t>(words[part >> 1] >> ((part & 1) * 16));
  }
}

}  // namespace mercer::cpu
