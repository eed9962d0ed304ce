#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// One entry of the header of a tensor file.
struct TensorEntry {
  std::string dtype;  // "F32" or "F64"
  std::vector<Index> shape;
  std::uint64_t first = 0, last = 0;  // bytes first … last − 1, counted from the end of the header

  std::uint64_t width() const { return dtype == "F64" ? 8 : 4; }
};

struct TensorHeader {
  std::map<std::string, TensorEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Parses a header. Throws FileError "PATH: header…" unless it is valid and its entries fill exactly `data_bytes`
/// bytes.
TensorHeader parse_tensor_header(const std::filesystem::path& path, const std::string& text, std::uint64_t data_bytes);

/// As JSON, padded with spaces to a multiple of 8 bytes.
std::string to_json(const TensorHeader& header);

}  // namespace mercer
