#include "data/tables/text_folder.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/tables/column_names.hpp"
#include "data/tables/table_names.hpp"

namespace mercer {

namespace fs = std::filesystem;

namespace {

/// The files of a folder, or the folders in it. One that can't be read holds nothing.
std::vector<std::string> entries_of(const fs::path& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (std::error_code other; entry->is_directory(other) == folders)
      names.push_back(entry->path().filename().string());
  std::ranges::sort(names);
  return names;
}

bool is_stem_among(const std::string& name, table_names::Names stems) {
  return std::ranges::find(stems, std::string_view(name).substr(0, name.find('.'))) != stems.end();
}

bool is_table(std::string_view name) {
  for (const std::string_view ending : {".txt", ".csv", ".tsv", ".txt.gz", ".csv.gz", ".tsv.gz"})
    if (name.ends_with(ending)) return true;
  return false;
}

/// "elliptic_txs_" of elliptic_txs_edgelist.csv for the stems of edges; empty for other names.
std::string before_stem(const std::string& name, table_names::Names stems) {
  if (!is_table(name)) return {};
  const std::string_view base = std::string_view(name).substr(0, name.find('.'));
  for (const std::string_view stem : stems)
    if (base.size() > stem.size() + 1 && base.ends_with(stem)) {
      const std::string_view before = base.substr(0, base.size() - stem.size());
      if (before.back() == '_' || before.back() == '-') return std::string(before);
    }
  return {};
}

/// What stands before the names of a folder's tables: of its only edges, and of features or labels.
std::string prefix_of(const std::vector<std::string>& names) {
  std::set<std::string> of_edges, of_others;
  for (const std::string& name : names) {
    const std::string lower = lower_case(name);
    if (is_table(lower) && is_stem_among(lower, table_names::edges)) return {};
    of_edges.insert(before_stem(lower, table_names::edges));
    for (const table_names::Names stems :
         {table_names::Names(table_names::features), table_names::Names(table_names::labels)})
      of_others.insert(before_stem(lower, stems));
  }
  of_edges.erase("");
  return of_edges.size() == 1 && of_others.contains(*of_edges.begin()) ? *of_edges.begin() : std::string();
}

/// Does a folder hold tables of nodes, or splits, that belong to edges elsewhere?
bool holds_tables_alone(const fs::path& folder) {
  bool tables = false;
  for (const std::string& name : entries_of(folder, false)) {
    const std::string lower = lower_case(name);
    if (is_stem_among(lower, table_names::edges)) return false;
    tables =
        tables || lower.find("_split_") != std::string::npos ||
        std::ranges::any_of(table_names::all, [&](table_names::Names stems) { return is_stem_among(lower, stems); });
  }
  return tables;
}

/// "friends/" of the folder friends, also where it is given as ".".
std::string dataset_at(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(folder, error);
  return (error ? folder : whole).filename().string() + "/";
}

}  // namespace

TextFolder::TextFolder(const fs::path& folder)
    : folder_(folder), names_(entries_of(folder, false)), prefix_(prefix_of(names_)) {}

bool TextFolder::has_name(const std::string& file, std::span<const std::span<const std::string_view>> stems) const {
  const std::string lower = lower_case(file);
  if (!lower.starts_with(prefix_)) return false;
  const std::string own = lower.substr(prefix_.size());
  return std::ranges::any_of(stems, [&](table_names::Names names) { return is_stem_among(own, names); });
}

bool TextFolder::has_edges() const {
  const table_names::Names edges = table_names::edges;
  return std::ranges::any_of(names_, [&](const std::string& name) {
    return is_table(lower_case(name)) && has_name(name, {&edges, 1});
  });
}

std::optional<fs::path> TextFolder::find(std::span<const std::string_view> stems,
                                         std::initializer_list<std::string_view> endings) {
  std::vector<std::string> wanted;
  for (const std::string_view stem : stems)
    for (const std::string_view ending : endings)
      for (const char* packed : {"", ".gz"})
        wanted.push_back(std::string(stem) + std::string(ending) + packed);
  std::vector<std::pair<std::ptrdiff_t, std::string>> matches;  // by their place in `wanted`
  for (const std::string& name : names_) {
    const std::string lower = lower_case(name);
    const std::string_view own = std::string_view(lower).substr(lower.starts_with(prefix_) ? prefix_.size() : 0);
    if (const auto place = std::ranges::find(wanted, own); place != wanted.end())
      matches.emplace_back(place - wanted.begin(), name);
  }
  std::ranges::sort(matches);
  if (matches.empty()) return std::nullopt;
  if (matches.size() > 1)
    refuse_file(folder_ / matches[1].second, "", "stands beside " + matches[0].second + ", want one of the two");
  found_.insert(matches[0].second);
  return folder_ / matches[0].second;
}

bool TextFolder::has_table(std::string_view stem) const {
  const std::string table = prefix_ + std::string(stem) + ".csv";
  return std::ranges::any_of(
      names_, [&](const std::string& name) { return lower_case(name) == table || lower_case(name) == table + ".gz"; });
}

std::vector<fs::path> TextFolder::find_all(std::string_view piece, std::string_view ending) {
  std::vector<fs::path> files;
  for (const std::string& name : names_) {
    if (name.find(piece) == std::string::npos || !name.ends_with(ending)) continue;
    found_.insert(name);
    files.push_back(folder_ / name);
  }
  std::ranges::stable_sort(files, {}, [](const fs::path& file) { return file.native().size(); });
  return files;
}

std::string TextFolder::unread() const {
  std::vector<std::string> left;
  for (const std::string& name : names_) {
    const std::string lower = lower_case(name);
    const bool explains = lower.starts_with("readme") || lower.starts_with("license") || lower.ends_with(".md");
    if (name[0] != '.' && !explains && !found_.contains(name)) left.push_back(name);
  }
  for (const std::string& name : entries_of(folder_, true))
    if (name[0] != '.' && holds_tables_alone(folder_ / name)) left.push_back(name + "/");
  if (left.empty()) return {};
  constexpr std::size_t most = 8;
  const std::size_t more = left.size() > most ? left.size() - most : 0;
  left.resize(left.size() - more);
  if (more > 0) left.push_back("and " + std::to_string(more) + " more");
  return joined(left) + (left.size() == 1 ? " is not read" : " are not read");
}

void refuse_table_of_folder(const fs::path& file) {
  namespace names = table_names;
  static constexpr std::pair<names::Names, const char*> kinds[]{{names::features, "the features"},
                                                                {names::feature_names, "the names of the features"},
                                                                {names::nodes, "the nodes"},
                                                                {names::labels, "the labels"},
                                                                {names::split, "the splits"},
                                                                {names::graphland_splits, "the splits"},
                                                                {names::train_mask, "the mask"},
                                                                {names::validation_mask, "the mask"},
                                                                {names::test_mask, "the mask"},
                                                                {names::train, "the training nodes"},
                                                                {names::validation, "validation nodes"},
                                                                {names::test, "the test nodes"}};
  const std::string name = file.filename().string();
  const fs::path place = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const TextFolder folder(place);
  const auto is_of = [&](const auto& kind) { return folder.has_name(name, {&kind.first, 1}); };
  const auto* kind = std::ranges::find_if(kinds, is_of);
  if (kind == std::end(kinds) || !folder.has_edges()) return;
  refuse_file(file, "",
              "holds " + std::string(kind->second) + " of the data set " + dataset_at(place) +
                  ", want the folder: " + place.string());
}

}  // namespace mercer
