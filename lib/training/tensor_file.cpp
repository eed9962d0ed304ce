#include "mercer/training/tensor_file.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <fstream>
#include <span>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/hash.hpp"
#include "mercer/base/whole_file.hpp"
#include "training/tensor_header.hpp"

namespace mercer {
namespace {

static_assert(std::endian::native == std::endian::little, "a tensor file is little-endian, and is copied as it is");

constexpr std::uint64_t largest_header = 100'000'000;  // bytes, the limit of the format

Index count(const std::vector<Index>& shape) {
  Index values = 1;
  for (const Index extent : shape)
    values *= extent;
  return values;
}

bool is_double(const StoredTensor& x) { return x.values.index() == 1; }

std::span<const std::byte> bytes_of(const StoredTensor& x) {
  return std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, x.values);
}

void read(std::ifstream& stream, const std::filesystem::path& path, void* values, std::uint64_t bytes) {
  if (bytes == 0) return;
  stream.read(static_cast<char*>(values), static_cast<std::streamsize>(bytes));
  if (!stream) throw FileError(path.string() + ": ended before its header said");
}

template <class T>
StoredTensor read_values(std::ifstream& stream, const std::filesystem::path& path, const TensorEntry& entry) {
  std::vector<T> values((entry.last - entry.first) / sizeof(T));
  read(stream, path, values.data(), entry.last - entry.first);
  return {entry.shape, std::move(values)};
}

constexpr const char* digest_name = "mercer.digest";

/// Of all other texts, and of names, shapes and values, wherever they lie in the file.
std::string digest_of(const TensorFile& file) {
  Hash hash;
  const auto add_text = [&](const std::string& text) { hash.add(std::as_bytes(std::span(text))); };
  for (const auto& [key, text] : file.metadata) {
    if (key == digest_name) continue;
    add_text(key);
    add_text(text);
  }
  for (const auto& [name, x] : file.tensors) {
    add_text(name);
    hash.add(std::as_bytes(std::span(x.shape)));
    hash.add(bytes_of(x));
  }
  return std::to_string(hash.value());
}

std::uint64_t size_of(const std::filesystem::path& path) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) throw FileError(path.string() + ": no such file");
  if (!std::filesystem::is_regular_file(path, problem)) throw FileError(path.string() + ": not a file");
  const std::uint64_t size = std::filesystem::file_size(path, problem);
  if (problem) throw FileError(path.string() + ": can't be read: " + problem.message());
  return size;
}

}  // namespace

StoredTensor StoredTensor::from(const Tensor& x) {
  const Tensor on_host = x.to(Device::cpu);
  return {{x.rows(), x.columns()}, std::vector<Real>(on_host.values().begin(), on_host.values().end())};
}

StoredTensor StoredTensor::from(std::vector<Index> shape, std::vector<double> values) {
  return {std::move(shape), std::move(values)};
}

Tensor StoredTensor::to_tensor() const {
  if (shape.size() != 1 && shape.size() != 2)
    throw ShapeError("[to_tensor] a tensor of " + std::to_string(shape.size()) + " dimensions: want 1 or 2");
  Tensor x = Tensor::uninitialized(shape.size() == 2 ? shape[0] : 1, shape.back());
  const auto fill = [&](const auto& stored) {
    expect("to_tensor", {{"values", static_cast<Index>(stored.size()), x.size()}});
    for (std::size_t n = 0; n < stored.size(); ++n)
      x.data()[n] = static_cast<Real>(stored[n]);
  };
  std::visit(fill, values);
  return x;
}

void save_tensors(const std::filesystem::path& path, const TensorFile& file) {
  TensorHeader header;
  header.metadata = file.metadata;
  header.metadata[digest_name] = digest_of(file);
  std::vector<const StoredTensor*> in_order;
  std::uint64_t offset = 0;
  for (const bool wide : {true, false})  // doubles first, so that all values are aligned
    for (const auto& [name, x] : file.tensors) {
      if (is_double(x) != wide) continue;
      require(name != "__metadata__", "save_tensors", "a tensor may not be named __metadata__");
      const std::uint64_t bytes = bytes_of(x).size();
      expect("save_tensors", {{name.c_str(), static_cast<Index>(bytes / (wide ? 8 : 4)), count(x.shape)}});
      header.entries[name] = {wide ? "F64" : "F32", x.shape, offset, offset + bytes};
      in_order.push_back(&x);
      offset += bytes;
    }
  const std::string text = to_json(header);
  const std::uint64_t length = text.size();
  write_whole(path, [&](const Write& write) {
    write(std::as_bytes(std::span(&length, 1)));
    write(std::as_bytes(std::span(text)));
    for (const StoredTensor* x : in_order)
      write(bytes_of(*x));
  });
}

namespace {

/// The header of a file, behind which the values begin.
struct OpenedFile {
  std::ifstream in;
  TensorHeader header;
  std::uint64_t values = 0;
};

OpenedFile opened(const std::filesystem::path& path) {
  const std::uint64_t size = size_of(path);
  OpenedFile file{.in = std::ifstream(path, std::ios::binary), .header = {}};
  if (!file.in) throw FileError(path.string() + ": can't be read");
  std::uint64_t length = 0;
  if (size < sizeof length)
    throw FileError(path.string() + ": " + std::to_string(size) + " bytes, want the 8 of a header length at least");
  read(file.in, path, &length, sizeof length);
  if (length > size - sizeof length || length > largest_header)
    throw FileError(path.string() + ": header length: got " + std::to_string(length) + ", want at most " +
                    std::to_string(std::min(size - sizeof length, largest_header)) + " (is it a safetensors file?)");
  std::string text(length, ' ');
  read(file.in, path, text.data(), length);
  file.values = sizeof length + length;
  file.header = parse_tensor_header(path, text, size - file.values);
  return file;
}

}  // namespace

std::map<std::string, std::string> load_metadata(const std::filesystem::path& path) {
  std::map<std::string, std::string> metadata = opened(path).header.metadata;
  metadata.erase(digest_name);
  return metadata;
}

TensorFile load_tensors(const std::filesystem::path& path) {
  auto [in, header, values] = opened(path);
  TensorFile file;
  file.metadata = std::move(header.metadata);
  for (const auto& [name, entry] : header.entries) {
    in.seekg(static_cast<std::streamoff>(values + entry.first));
    file.tensors.emplace(
        name, entry.dtype == "F64" ? read_values<double>(in, path, entry) : read_values<float>(in, path, entry));
  }
  const auto digest = file.metadata.extract(digest_name);
  if (digest && digest.mapped() != digest_of(file))
    throw FileError(path.string() + ": is damaged: its contents are not those that were written, by " + digest_name +
                    " in its __metadata__; a file that was edited goes without it");
  return file;
}

}  // namespace mercer
