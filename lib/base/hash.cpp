#include "mercer/base/hash.hpp"

#include <bit>
#include <cstring>

namespace mercer {

static_assert(std::endian::native == std::endian::little, "eight bytes are a word as they are");

void Hash::add(std::span<const std::byte> bytes) {
  add(bytes.size());
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const auto piece = bytes.first(bytes.size() < sizeof word ? bytes.size() : sizeof word);
    std::memcpy(&word, piece.data(), piece.size());
    add(word);
    bytes = bytes.subspan(piece.size());
  }
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace mercer
