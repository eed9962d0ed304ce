#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "data/find.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Does the folder exist? An impossible path counts as missing.
inline bool is_folder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

/// Absolute and without links; the path itself where they lead nowhere.
inline std::filesystem::path whole_path(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path whole = std::filesystem::weakly_canonical(path, error);
  return error ? path : whole;
}

/// A format of data sets.
struct Format {
  const char* wants;                                   // its mark, for messages: "NAME.content"
  bool (*is)(const std::filesystem::path& path);       // is this file, folder or common prefix a set of this format?
  Dataset (*read)(const std::filesystem::path& path);  // throws FileError
  /// The data set that an entry of a folder belongs to, if it has this format.
  std::optional<NamedDataset> (*listed)(const std::filesystem::path& entry);
  bool sequences = false;                                       // are its examples sequences?
  std::span<const std::span<const std::string_view>> tables{};  // names, without ending, that it looks for in a folder
  std::span<const std::string_view> folders{};                  // names of folders in which it looks for files
  /// Does a folder of this format read a file of this name beside those of `tables`?
  bool (*reads)(const std::filesystem::path& folder, const std::string& file) = nullptr;
};

/// All formats, in the order in which they are tried. A new format is a file that defines its Format, and its name in
/// both lines here.
namespace formats {
extern const Format torch_data, npz, planetoid, linqs, time_series, labelled_text, plain_text, ogb, geom_gcn,
    bare_graph;
inline constexpr const Format* all[] = {&torch_data,    &npz, &planetoid, &linqs,      &time_series,
                                        &labelled_text, &ogb, &geom_gcn,  &plain_text, &bare_graph};
}  // namespace formats

/// The format of the data set at a path; null when there is none.
inline const Format* format_of(const std::filesystem::path& path) {
  for (const Format* format : formats::all)
    if (format->is(path)) return format;
  return nullptr;
}

}  // namespace mercer
