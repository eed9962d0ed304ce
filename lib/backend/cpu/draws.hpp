#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

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

/// bits[8 l + n] = piece n of draw number[l], which is sixteen_bits(stream.draw(number[l]), n); bits
/// [elements_at_once].
inline void draw_sixteen_bits(const Stream& stream, const std::uint64_t (&number)[draws_at_once], std::uint16_t* bits) {
  Draws x;
  for (int l = 0; l < draws_at_once; ++l) {
    x.word[0][l] = static_cast<std::uint32_t>(number[l]);
    x.word[1][l] = static_cast<std::uint32_t>(number[l] >> 32);
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

/// bits[n] = the 16 bits of element first + n, which are piece element % 8 of draw element / 8; `first` is a multiple
/// of 8.
inline void draw_sixteen_bits(const Stream& stream, std::uint64_t first, std::uint16_t* bits) {
  std::uint64_t number[draws_at_once];
  for (int l = 0; l < draws_at_once; ++l)
    number[l] = first / 8 + static_cast<std::uint64_t>(l);
  draw_sixteen_bits(stream, number, bits);
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

/// The 16 bits of short runs of elements, sixteen draws at a time.
template <class Take>
class RunDraws {
 public:
  /// take(place, bits, count) gets the bits of elements place … place + count − 1 of a run, in pieces.
  RunDraws(const Stream& stream, Take take) : stream_(stream), take_(std::move(take)) {}
  RunDraws(const RunDraws&) = delete;
  ~RunDraws() { flush(); }

  /// A run of `count` elements: element n is at place + n and uses the bits of element first + n.
  void add(std::uint64_t first, Index place, Index count) {
    while (count > 0) {
      const int late = static_cast<int>(first % 8), some = static_cast<int>(count < 8 - late ? count : 8 - late);
      number_[used_] = first / 8;
      piece_[used_] = {place, late, some};
      first += static_cast<std::uint64_t>(some), place += some, count -= some;
      if (++used_ == draws_at_once) flush();
    }
  }

 private:
  struct Piece {
    Index place;
    int late, count;
  };

  void flush() {
    std::uint16_t bits[elements_at_once];
    if (used_ > 0) draw_sixteen_bits(stream_, number_, bits);
    for (int l = 0; l < used_; ++l)
      take_(piece_[l].place, bits + 8 * l + piece_[l].late, piece_[l].count);
    used_ = 0;
  }

  const Stream& stream_;
  Take take_;
  std::uint64_t number_[draws_at_once] = {};
  Piece piece_[draws_at_once];
  int used_ = 0;
};

}  // namespace mercer::cpu
