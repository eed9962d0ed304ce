#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace mercer::test {

/// Bytes for a checksum: items are appended in little-endian order.
class Canonical {
 public:
  template <class T>
  Canonical& add(T item) {
    static_assert(std::is_arithmetic_v<T>);
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    std::memcpy(bytes_.data() + at, &item, sizeof(T));
    return *this;
  }
  std::size_t bytes() const { return bytes_.size(); }

  /// FNV-1a, 64 bits, in hexadecimal.
  std::string fnv1a64() const {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const unsigned char byte : bytes_)
      hash = (hash ^ byte) * 0x100000001b3u;
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
  }

  /// CRC-32 of zlib, in hexadecimal.
  std::string crc32() const {
    char text[9];
    std::snprintf(text, sizeof text, "%08lx", ::crc32(0, bytes_.data(), static_cast<uInt>(bytes_.size())));
    return text;
  }

 private:
  std::vector<unsigned char> bytes_;
};

}  // namespace mercer::test
