#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mercer {

/// The files of a folder by name, in any case, plain or .gz; it remembers which were found.
class TextFolder {
 public:
  explicit TextFolder(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return folder_; }

  /// The one file STEM + ENDING[.gz]; stems stand in table_names. Throws FileError when there are two.
  std::optional<std::filesystem::path> find(std::span<const std::string_view> stems,
                                            std::initializer_list<std::string_view> endings = {".txt", ".csv", ".tsv"});

  /// Is there STEM.csv[.gz]? It doesn't count as found.
  bool has_table(std::string_view stem) const;

  /// The files that find has not returned, but for hidden ones and those that explain (README, LICENSE, .md).
  std::vector<std::string> unread() const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> names_;  // ascending
  std::set<std::string> found_;
};

}  // namespace mercer
