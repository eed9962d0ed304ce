#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// An array in numpy's file format (NEP 1, format versions 1.0, 2.0 and 3.0).
struct NpyArray {
  std::string source;            // "FILE: member 'x'", for messages
  std::string dtype;             // little-endian: "<f4", "<i8", "|b1", "<U7", …
  std::vector<Index> shape;      // empty for a scalar
  bool fortran_order = false;    // column-major: the first index runs fastest
  std::vector<std::byte> bytes;  // size() items in the stored order

  Index size() const;  // items: the product of the shape

  /// The numbers in C order (the last index runs fastest); T is bool, std::uint8_t, std::int32_t, std::int64_t, float
  /// or double. Throws FileError when the items are not numbers or one doesn't fit T (300 or 0.5 as std::uint8_t).
  template <class T>
  std::vector<T> as() const;

  /// The texts of "<U" (as UTF-8) or "|S" items in C order, without the padding. Throws FileError on other items.
  std::vector<std::string> strings() const;
};

/// A zip archive of arrays, as numpy.savez and savez_compressed write it: stored or deflated, with or without ZIP64
/// fields. The constructor reads only the directory; at() reads a member. Sizes in a header are compared with the size
/// of the archive before memory is allocated.
class Npz {
 public:
  explicit Npz(const std::filesystem::path& file);  // throws FileError when the file is not a zip archive
  Npz(Npz&&) noexcept;
  Npz& operator=(Npz&&) noexcept;
  ~Npz();

  const std::filesystem::path& file() const&;
  const std::vector<std::string>& names() const&;  // without ".npy", in the order of the archive
  std::filesystem::path file() && { return std::as_const(*this).file(); }
  std::vector<std::string> names() && { return std::as_const(*this).names(); }
  bool contains(const std::string& name) const;

  /// Both throw FileError when the member is missing, encrypted, compressed by another method or not an array; `at`
  /// also when it is shorter or longer than its header says, is damaged (CRC), or holds pickled objects (dtype "|O").
  NpyArray header(const std::string& name) const;  // dtype, shape and order; no bytes
  NpyArray at(const std::string& name) const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace mercer
