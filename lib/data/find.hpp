#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mercer {

struct NamedDataset {
  std::string name;            // "cora"
  std::filesystem::path path;  // what read_dataset takes
};

/// The data sets directly in a folder, of every format (formats.hpp).
std::vector<NamedDataset> datasets_in(const std::filesystem::path& folder);

}  // namespace mercer
