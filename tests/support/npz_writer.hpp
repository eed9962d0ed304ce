#pragma once

#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mercer::test {

/// The bytes of the items in memory.
template <class T>
std::string raw(const std::vector<T>& items) {
  std::string bytes(items.size() * sizeof(T), '\0');
  if (!items.empty()) std::memcpy(bytes.data(), items.data(), bytes.size());
  return bytes;
}

/// An npy file of format 1.0; `shape` is a Python tuple: "(2, 3)".
std::string npy(const std::string& dtype, const std::string& shape, const std::string& items, bool fortran = false);

/// An npy file with any header text, padded to 64 bytes.
std::string npy_with_header(const std::string& header, const std::string& items);

/// Members by file name ("x.npy") in this order.
using Members = std::vector<std::pair<std::string, std::string>>;

void write_zip(const std::filesystem::path& file, const Members& members, bool deflate = false);

}  // namespace mercer::test
