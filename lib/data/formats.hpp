#pragma once

#include <filesystem>
#include <optional>
#include <system_error>

#include "data/find.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Is there a folder? An impossible path counts as missing.
inline bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

/// One way in which data sets are stored.
struct Format {
  const char* wants;                                   // what it is recognised by, for messages: "NAME.content"
  bool (*is)(const std::filesystem::path& path);       // does a file, a folder or a common prefix hold a set of it?
  Dataset (*read)(const std::filesystem::path& path);  // throws FileError
  /// The data set to which an entry of a folder belongs; nothing when it is of another format.
  std::optional<NamedDataset> (*listed)(const std::filesystem::path& entry);
};

/// All formats, in the order in which they are asked. A new one is a file that defines its Format, and its name in both
/// lines here.
namespace formats {
extern const Format npz, planetoid, linqs, plain_text, ogb;
inline constexpr const Format* all[] = {&npz, &planetoid, &linqs, &plain_text, &ogb};
}  // namespace formats

/// The format of what is at a path; null: none.
inline const Format* format_of(const std::filesystem::path& path) {
  for (const Format* format : formats::all)
    if (format->is(path)) return format;
  return nullptr;
}

}  // namespace mercer
