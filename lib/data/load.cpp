#include <filesystem>

#include "data/formats.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"

namespace mercer {

std::vector<BuiltInDataset> built_in_datasets() {
  return {{"planted", "a planted citation graph of Cora's size"}, {"karate", "Zachary's karate club"}};
}

Dataset load_dataset(const std::string& name) {
  if (name == "planted") return planted_citations();
  if (name == "karate") return karate();
  return read_dataset(find_dataset(name));
}

bool is_sequence_set(const std::string& name) {
  for (const BuiltInDataset& built_in : built_in_datasets())
    if (name == built_in.name) return false;
  try {
    const std::filesystem::path path = find_dataset(name);
    if (const Format* format = format_of(path)) return format->sequences;
    const std::vector<NamedDataset> sets = datasets_in(path);  // of a folder that holds one set
    const Format* format = sets.size() == 1 ? format_of(sets.front().path) : nullptr;
    return format != nullptr && format->sequences;
  } catch (const FileError&) {
    return false;
  }
}

std::string dataset_place(const std::string& name) {
  for (const BuiltInDataset& built_in : built_in_datasets())
    if (name == built_in.name) return name;
  return std::filesystem::absolute(find_dataset(name)).lexically_normal().string();
}

std::string dataset_name(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  if (name.starts_with("ind.")) name = name.substr(4);  // Planetoid's prefix
  return name.substr(0, name.find('.'));
}

}  // namespace mercer
