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

/// The files of a folder by name, in any case, plain or .gz; it remembers which were found. Where all its tables begin
/// with the same words, as elliptic_txs_edgelist.csv and elliptic_txs_classes.csv, names count without them.
class TextFolder {
 public:
  explicit TextFolder(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return folder_; }

  /// The one file STEM + ENDING[.gz]; stems stand in table_names. Throws FileError when there are two.
  std::optional<std::filesystem::path> find(std::span<const std::string_view> stems,
                                            std::initializer_list<std::string_view> endings = {".txt", ".csv", ".tsv"});

  /// Would a file of this name be found under one of these stems?
  bool has_name(const std::string& file, std::span<const std::span<const std::string_view>> stems) const;

  /// Is there a table of edges? It doesn't count as found.
  bool has_edges() const;

  /// Is there STEM.csv[.gz]? It doesn't count as found.
  bool has_table(std::string_view stem) const;

  /// All files PIECE….ENDING with the piece somewhere, shorter names first, so that _2 stands before _10. They count as
  /// found.
  std::vector<std::filesystem::path> find_all(std::string_view piece, std::string_view ending);

  /// "A, B/ are not read", at most eight of them: the files that were not found, but for hidden ones and those that
  /// explain (README, LICENSE, .md), and the folders that hold tables or splits, but no edges. Empty without such.
  std::string unread() const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> names_;  // ascending
  std::string prefix_;              // of the tables, in lower case; mostly none
  std::set<std::string> found_;
};

/// Throws FileError for a table of nodes or splits, by its name, of a folder that has edges: labels.csv beside
/// edges.csv.
void refuse_table_of_folder(const std::filesystem::path& file);

}  // namespace mercer
