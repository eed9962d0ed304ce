#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// An array as numpy stores it (NEP 1, format versions 1.0, 2.0 and 3.0).
struct NpyArray {
  std::string source;            // "FILE: member 'x'", for messages
  std::string dtype;             // little-endian: "<f4", "<i8", "|b1", "<U7", …
  std::vector<Index> shape;      // empty for a scalar
  bool fortran_order = false;    // the first index runs fastest
  std::vector<std::byte> bytes;  // size() items in the stored order

  Index size() const;  // items: the product of the shape

  /// The numbers in C order (the last index runs fastest); T is bool, std::uint8_t, std::int32_t, std::int64_t, float
  /// or double. Throws FileError when the items are not numbers or one doesn't fit T: 300 or 0.5 as std::uint8_t.
  template <class T>
  std::vector<T> as() const;

  /// The texts of "<U" (as UTF-8) or "|S" items in C order, without the padding. Throws FileError on other items.
  std::vector<std::string> strings() const;
};

/// A zip archive of arrays, as numpy.savez and savez_compressed write it: stored or deflated, with ZIP64 fields or
/// without. Opening reads the directory alone; a member is read when asked for. What a header claims is compared with
/// what the archive holds before any memory is taken.
class Npz {
 public:
  explicit Npz(const std::filesystem::path& file);  // throws FileError when it is no zip archive
  Npz(Npz&&) noexcept;
  Npz& operator=(Npz&&) noexcept;
  ~Npz();

  const std::filesystem::path& file() const;
  const std::vector<std::string>& names() const;  // without ".npy", in the order of the archive
  bool contains(const std::string& name) const;

  /// Both throw FileError when the member is missing, encrypted, packed by another method or no array; `at` also when
  /// it is shorter or longer than its header says, damaged (CRC), or of pickled Python objects (dtype "|O").
  NpyArray header(const std::string& name) const;  // dtype, shape and order; no bytes
  NpyArray at(const std::string& name) const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace mercer
