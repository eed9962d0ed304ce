#include <filesystem>

#include "data/formats.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"

namespace mercer {

std::vector<BuiltInDataset> built_in_datasets() {
  return {{"planted", "a planted citation graph of Cora's size"}, {"karate", "Zachary's karate club"}};
}

Dataset load_dataset(const std::string& name) {
  if (name != "planted" && name != "karate") return read_dataset(find_dataset(name));
  Dataset data = name == "planted" ? planted_citations() : karate();
  const std::filesystem::path own = own_dataset(name);
  const std::string path = own.is_absolute() || own.string().starts_with("./") ? own.string() : "./" + own.string();
  if (!own.empty())
    data.notes.push_back(name + " is the built-in set; your own of that name is " + printable(path) +
                         ", want it by this path");
  return data;
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
