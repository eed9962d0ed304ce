#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// Four random words as a function of key and counter: Philox4x32-10
/// (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011, section 4.3).
struct Philox {
  using Counter = std::array<std::uint32_t, 4>;
  using Key = std::array<std::uint32_t, 2>;

  MERCER_HD static constexpr Counter draw(Key key, Counter c) {
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0], b = std::uint64_t{0xCD9E8D57u} * c[2];
      c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
           static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
      key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
    }
    return c;
  }
};

/// One of 2^64 × 2^32 × 2^32 sequences of draws, chosen by seed, step (of the training) and call (of an operator).
/// The operator sets counter words 0 and 1, for example to the index of an element.
struct Stream {
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
  std::uint32_t call = 0;
  /// Device address of the step, for work that is captured once and replayed in every step; null: `step` holds.
  const std::uint32_t* step_there = nullptr;

  MERCER_HD constexpr Philox::Counter draw(std::uint32_t a, std::uint32_t b = 0) const {
    return Philox::draw({static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}, {a, b, call, step});
  }
};

/// Throws DeviceError "[op] …" when only the device knows the step: the host would draw the same numbers in each step.
void expect_known_step(const char* op, const Stream& stream);

/// Draws the numbers of one stream in order: for initialisation, splits, generated data.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint32_t call = 0) : stream_{seed, 0xFFFFFFFFu, call} {}
  explicit Random(const Stream& stream);  // throws as expect_known_step

  std::uint32_t bits();                      // 32 uniform bits
  double uniform();                          // [0, 1), 53 bits
  double uniform(double low, double high);   // [low, high)
  double normal();                           // N(0, 1), Box and Muller
  std::uint32_t below(std::uint32_t bound);  // 0 … bound − 1, unbiased; bound ≥ 1

  /// Fisher and Yates.
  template <class Vector>
  void shuffle(Vector& items) {
    for (std::size_t left = items.size(); left > 1; --left)
      std::swap(items[left - 1], items[below(static_cast<std::uint32_t>(left))]);
  }

 private:
  Stream stream_;
  std::uint64_t block_ = 0;
  Philox::Counter words_{};
  int used_ = 4;
};

/// The 16-bit piece number `part` (0 … 7) of a draw.
MERCER_HD constexpr std::uint32_t sixteen_bits(const Philox::Counter& words, int part) {
  return (words[static_cast<std::size_t>(part >> 1)] >> ((part & 1) * 16)) & 0xFFFFu;
}

/// Inverted dropout with probability p. 16 bits of a stream decide each element; kept elements are scaled so that the
/// expectation is exact for p rounded to 16 bits.
struct Dropout {
  float p = 0;
  Stream stream{};
  Index first_row = 0;   // the operand's first row in the whole tensor: draws are numbered by elements of the whole
  Index transposed = 0;  // 1, on α: the mask of the transposed matrix, whose draws take the source's number first

  MERCER_HD constexpr bool active() const { return p > 0; }
  /// An element is dropped when its 16 bits are below the threshold; 65536 (p = 1) drops all.
  MERCER_HD constexpr std::uint32_t threshold() const { return static_cast<std::uint32_t>(p * 65536.0f + 0.5f); }
  /// Bit k is 1 when piece k of a draw keeps its element.
  MERCER_HD constexpr unsigned kept_of_eight(const Philox::Counter& words) const {
    unsigned kept = 0;
    for (int part = 0; part < 8; ++part)
      kept |= (sixteen_bits(words, part) >= threshold() ? 1u : 0u) << part;
    return kept;
  }
  MERCER_HD constexpr Real scale() const {
    return threshold() >= 65536 ? Real(0) : Real(65536) / static_cast<Real>(65536 - threshold());
  }
};

}  // namespace mercer
