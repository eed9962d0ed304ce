#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>

namespace mercer::test {

/// SHA-256 (FIPS 180-4) in hexadecimal.
inline std::string sha256(std::string text) {
  // the first 32 bits of the fractional parts of square and cube roots of the primes, by integers:
  // ⌊2³² p^(1/k)⌋ is the largest r with r^k ≤ p 2^(32k)
  __extension__ using Wide = unsigned __int128;
  const auto root = [](std::uint32_t prime, int k) {
    std::uint64_t r = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 36; bit != 0; bit >>= 1) {
      const Wide next = r | bit;
      const bool fits = k == 2 ? next * next <= Wide{prime} << 64 : next * next * next <= Wide{prime} << 96;
      if (fits) r |= bit;
    }
    return static_cast<std::uint32_t>(r);
  };
  std::array<std::uint32_t, 64> constant{};
  std::array<std::uint32_t, 8> state{};
  std::size_t found = 0;
  for (std::uint32_t p = 2; found < 64; ++p) {
    bool prime = true;
    for (std::uint32_t q = 2; q * q <= p; ++q)
      prime = prime && p % q != 0;
    if (!prime) continue;
    if (found < 8) state[found] = root(p, 2);
    constant[found++] = root(p, 3);
  }

  const std::uint64_t bits = text.size() * 8;
  text += '\x80';
  while (text.size() % 64 != 56)
    text += '\0';
  for (int byte = 7; byte >= 0; --byte)
    text += static_cast<char>(bits >> (8 * byte));

  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t n = 0; n < 64; ++n)
      w[n / 4] = w[n / 4] << 8 | static_cast<unsigned char>(text[block + n]);
    for (std::size_t n = 16; n < 64; ++n) {
      const std::uint32_t a = w[n - 15], b = w[n - 2];
      w[n] = w[n - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[n - 7] +
             (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t n = 0; n < 64; ++n) {
      const std::uint32_t x =
          h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + constant[n] + w[n];
      const std::uint32_t y = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + x, d = c, c = b, b = a, a = x + y;
    }
    const std::array<std::uint32_t, 8> change{a, b, c, d, e, f, g, h};
    for (std::size_t n = 0; n < 8; ++n)
      state[n] += change[n];
  }
  std::string hex;
  for (const std::uint32_t word : state) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", word);
    hex += digits;
  }
  return hex;
}

}  // namespace mercer::test
