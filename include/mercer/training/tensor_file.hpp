#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "mercer/tensor/tensor.hpp"

/// Named tensors in a file, in the format of safetensors: the length of a JSON header in 8 bytes (little-endian),
/// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}},
/// then the values without gaps. Other tools read it without knowing this library.
namespace mercer {

/// What stands in a file: numbers of one width, in any shape.
struct StoredTensor {
  std::vector<Index> shape;
  std::variant<std::vector<float>, std::vector<double>> values;  // F32, F64

  static StoredTensor from(const Tensor& x);  // [rows, columns], Real
  static StoredTensor from(std::vector<Index> shape, std::vector<double> values);

  /// As Real, rounded where the file holds more digits. [d] becomes [1, d]. Throws ShapeError on other ranks.
  Tensor to_tensor() const;
};

struct TensorFile {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Written whole or not at all. Throws FileError when that fails, ShapeError when a shape and its values differ,
/// ValueError on the name "__metadata__" and on names and texts that aren't UTF-8.
void save_tensors(const std::filesystem::path& path, const TensorFile& file);

/// Throws FileError with the place in the file unless it is as described above, of F32 and F64 only: no gap, no
/// overlap, nothing named twice, nothing after the values. Memory stays within a small multiple of the file's length.
TensorFile load_tensors(const std::filesystem::path& path);

}  // namespace mercer
