#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "mercer/base/random.hpp"

/// Philox for many counters at once, so that the ten rounds become vector code.
namespace mercer::cpu {

constexpr int draws_at_once = 16;
constexpr int elements_at_once = 8 * draws_at_once;  // 16 bits each

/// word[w][l] is word w of lane l: first of its counter, then of its draw.
struct Draws {
  std::uint32_t word[4][draws_at_once];
};

/// Philox::draw in every lane.
inline void draw_lanes(std::uint64_t seed, Draws& x) {
  auto key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
#pragma omp simd
    for (int l = 0; l < draws_at_once; ++l) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * x.word[0][l], b = std::uint64_t{0xCD9E8D57u} * x.word[2][l];
      const std::uint32_t c1 = x.word[1][l], c3 = x.word[3][l];
      x.word[0][l] = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ key0;
      x.word[1][l] = static_cast<std::uint32_t>(b);
      x.word[2][l] = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ key1;
      x.word[3][l] = static_cast<std::uint32_t>(a);
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

/// bits[n] = the 16 bits of element first + n, which are sixteen_bits(stream.draw(element / 8), element % 8).
/// `first` is a multiple of 8; bits [elements_at_once].
inline void draw_sixteen_bits(const Stream& stream, std::uint64_t first, std::uint16_t* bits) {
  Draws x;
  for (int l = 0; l < draws_at_once; ++l) {
    const std::uint64_t draw = first / 8 + static_cast<std::uint64_t>(l);
    x.word[0][l] = static_cast<std::uint32_t>(draw);
    x.word[1][l] = static_cast<std::uint32_t>(draw >> 32);
    x.word[2][l] = stream.call;
    x.word[3][l] = stream.step;
  }
  draw_lanes(stream.seed, x);
  // piece 0 of a word is its low half, which comes first in memory
  static_assert(std::endian::native == std::endian::little);
  std::uint32_t words[4 * draws_at_once];
  for (int l = 0; l < draws_at_once; ++l)
    for (int w = 0; w < 4; ++w)
      words[4 * l + w] = x.word[w][l];
  std::memcpy(bits, words, sizeof words);
}

/// The same from any element on.
inline void draw_sixteen_bits_from(const Stream& stream, std::uint64_t first, std::uint16_t* bits) {
  const std::uint64_t late = first % 8;
  if (late == 0) return draw_sixteen_bits(stream, first, bits);
  std::uint16_t twice[2 * elements_at_once];
  draw_sixteen_bits(stream, first - late, twice);
  draw_sixteen_bits(stream, first - late + elements_at_once, twice + elements_at_once);
  std::memcpy(bits, twice + late, elements_at_once * sizeof *bits);
}

}  // namespace mercer::cpu
