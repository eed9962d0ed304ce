#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "mercer/tensor/tensor.hpp"

/// Named tensors in a file, in the format of safetensors: the length of a JSON header in 8 bytes (little-endian),
/// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}},
/// then the values without gaps. Other tools that know safetensors can read it. A digest of all of it stands in
/// __metadata__["mercer.digest"], where files of other tools need none.
namespace mercer {

/// A tensor in a file: numbers of one type, in any shape.
struct StoredTensor {
  std::vector<Index> shape;
  std::variant<std::vector<float>, std::vector<double>> values;  // F32, F64

  static StoredTensor from(const Tensor& x);  // [rows, columns], Real
  static StoredTensor from(std::vector<Index> shape, std::vector<double> values);

  /// The values as Real, rounded if the file has more digits. [d] becomes [1, d]. Throws ShapeError unless the shape
  /// has one or two dimensions.
  Tensor to_tensor() const;
};

struct TensorFile {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Writes the file completely or not at all, with the digest, in place of one in the metadata. Throws FileError when
/// that fails, ShapeError when a shape and its values differ, ValueError on the name "__metadata__" and on names and
/// texts that aren't UTF-8.
void save_tensors(const std::filesystem::path& path, const TensorFile& file);

/// Reads a file of the format above, with F32 and F64 only. Throws FileError that names the place in the file, also on
/// gaps, overlaps, duplicate names, bytes after the values and a digest of other contents. The metadata are without the
/// digest. Uses memory of a small multiple of the file's length.
TensorFile load_tensors(const std::filesystem::path& path);

/// The metadata alone, without the digest, of which nothing is checked. Throws FileError as above.
std::map<std::string, std::string> load_metadata(const std::filesystem::path& path);

}  // namespace mercer
