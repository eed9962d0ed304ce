#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// An array to write: its bytes in C order, little-endian, as numpy's `dtype` says ("<f4").
struct NpzMember {
  std::string name, dtype;
  std::vector<Index> shape{};
  std::vector<std::byte> bytes{};
};

/// An array of numbers: float, double, std::int32_t, std::int64_t, or bool as std::uint8_t ("|b1").
template <class T>
NpzMember npz_member(std::string name, std::span<const T> values, std::vector<Index> shape);
/// Texts in UTF-8, as "<U" of the longest one.
NpzMember npz_texts(std::string name, const std::vector<std::string>& texts);

/// Writes an archive as numpy.savez does, stored, with ZIP64 fields, completely or not at all. Throws FileError, and
/// ValueError when a shape doesn't fit its bytes.
void write_npz(const std::filesystem::path& file, const std::vector<NpzMember>& members);

}  // namespace mercer
