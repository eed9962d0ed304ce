#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mercer {

/// A hash of words in order, the same on every machine and in every version. Each is mixed into what came before by the
/// last steps of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014): every bit of
/// a word changes half of the bits of the hash. Against accidents, not against an attacker.
class Hash {
 public:
  void add(std::uint64_t word) {
    std::uint64_t x = (value_ ^ word) + 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    value_ = x ^ (x >> 31);
  }
  /// Eight bytes a word, the last one filled with zeros, behind their number.
  void add(std::span<const std::byte> bytes);

  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 1;  // so that nothing at all has not the hash 0
};

/// FNV-1a of 64 bits (Fowler, Noll and Vo): the hash of a short text, the same on every machine and in every version.
std::uint64_t hash_of(std::string_view text);

}  // namespace mercer
