#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/npz_writer.hpp"

namespace mercer::test {

using Lengths = std::vector<std::int32_t>;

/// A tensor in storage `key` of `items` items, as torch.save pickles it.
std::string pickled_tensor(const std::string& storage, const std::string& key, std::int32_t items, std::int32_t offset,
                           const Lengths& shape, const Lengths& stride);

/// A key of a dictionary and its value.
std::string pickled_entry(const std::string& name, const std::string& value);

/// A file of torch.save with this pickle and these storages by key; returns its path.
std::filesystem::path write_torch(const std::filesystem::path& file, const std::string& body, const Members& storages);

/// A file of torch.save with a dictionary of float tensors, whose items are the given ones in C order.
struct TorchTensor {
  std::string name;
  Lengths shape;
  std::vector<float> items;
};
std::filesystem::path write_state(const std::filesystem::path& file, const std::vector<TorchTensor>& tensors);

}  // namespace mercer::test
