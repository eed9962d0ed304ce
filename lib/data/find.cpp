#include "data/find.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/formats.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/data/read.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

/// $MERCER_DATASETS, then datasets/.
std::vector<fs::path> roots() {
  std::vector<fs::path> found;
  const char* given = std::getenv("MERCER_DATASETS");
  for (std::string_view left = given == nullptr ? "" : given; !left.empty();) {
    const std::size_t end = std::min(left.find(':'), left.size());
    if (end > 0) found.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  found.emplace_back("datasets");
  return found;
}

std::vector<fs::path> ascending_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;  // a folder that can't be read holds nothing
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    entries.push_back(*at);
  std::ranges::sort(entries);
  return entries;
}

/// A data set with the name of its folder, for "planetoid/cora".
struct Placed {
  std::string folder;
  NamedDataset set;
  std::string full_name() const { return folder + "/" + set.name; }
};

/// The set that an entry of a folder belongs to; none, with the reason in `odd`, where it can't be looked at.
std::optional<NamedDataset> set_of(const fs::path& entry, std::vector<UnreadableDataset>* odd) {
  try {
    for (const Format* format : formats::all)
      if (auto set = format->listed(entry)) return set;
  } catch (const FileError& error) {
    if (odd != nullptr) odd->push_back({entry, error.what()});
  }
  return std::nullopt;
}

bool has_format(const fs::path& path) {
  try {
    return format_of(path) != nullptr;
  } catch (const FileError&) {
    return false;
  }
}

std::vector<NamedDataset> sets_in(const fs::path& folder, std::vector<UnreadableDataset>* odd) {
  std::map<fs::path, std::string> found;  // by path: the files of a prefix count once
  for (const fs::path& entry : ascending_entries(folder))
    if (auto set = set_of(entry, odd)) found.emplace(std::move(set->path), std::move(set->name));
  std::vector<NamedDataset> sets;
  for (const auto& [path, name] : found)
    sets.push_back({name, path});
  return sets;
}

/// All data sets in the roots, in order; one that is found twice is listed once.
std::vector<Placed> everything(std::vector<UnreadableDataset>* odd = nullptr) {
  std::vector<fs::path> places;
  for (const fs::path& root : roots()) {
    places.push_back(root);
    for (const fs::path& entry : ascending_entries(root))
      if (is_folder(entry) && !has_format(entry)) places.push_back(entry);
  }
  std::vector<Placed> all;
  std::set<fs::path> paths;
  for (const fs::path& place : places)
    for (NamedDataset& set : sets_in(place, odd))
      if (const fs::path whole = whole_path(set.path); paths.insert(whole).second)
        all.push_back({whole.parent_path().filename().string(), std::move(set)});
  return all;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Is the name so near that it may be meant?
bool is_near(const std::string& name, std::string_view other) {
  return edit_distance(name, other) <= 1 + name.size() / 4;
}

/// Data sets of a near name that lie where the name looks as a path.
std::vector<std::string> datasets_beside(const fs::path& path) {
  std::vector<std::string> near;
  const std::string name = path.filename().string();
  for (const fs::path& entry : ascending_entries(path.has_parent_path() ? path.parent_path() : fs::path(".")))
    if (const std::string other = entry.filename().string(); is_near(name, other) && has_format(entry))
      near.push_back((path.parent_path() / other).string());
  return near;
}

/// The way to more data sets than are known.
std::string way_to_others() {
  const char* given = std::getenv("MERCER_DATASETS");
  if (given == nullptr || *given == 0)
    return "; a data set of your own is given by its path, or MERCER_DATASETS names the folder of several";
  return "; looked for in MERCER_DATASETS, " + std::string(given);
}

/// What may be meant: "; did you mean …?" when a name is near, else what there is, and where others are looked for.
std::string suggestion(const std::string& name) {
  constexpr std::size_t most_near = 5, most_listed = 12;
  const std::vector<std::string> known = known_datasets();
  const std::vector<std::string> others = datasets_beside(name);
  if (known.empty() && others.empty()) return way_to_others();
  std::vector<std::string> near;
  for (const std::string& other : others)
    if (std::ranges::find(known, other) == known.end()) near.push_back(other);
  const std::string last = name.substr(name.rfind('/') + 1);
  for (const Placed& placed : everything()) {
    const std::string full = placed.full_name(), &base = placed.set.name;
    const bool short_for = name.size() >= 2 && (full.starts_with(name) || base.starts_with(name));
    if (!short_for && last != base && !is_near(name, full) && !is_near(name, base)) continue;
    const std::string other = std::ranges::find(known, base) != known.end() ? base : full;
    if (std::ranges::find(near, other) == near.end()) near.push_back(other);
  }
  if (near.size() > most_near) near.resize(most_near);
  if (!near.empty()) return "; did you mean " + one_of_these(near) + "?";
  return (known.size() > most_listed ? "; mercer data list shows those that are known" : "; known: " + listed(known)) +
         way_to_others();
}

/// Is it a path, and no name or FOLDER/NAME that is looked for?
bool is_path(const std::string& name) {
  return fs::path(name).is_absolute() || name.starts_with("./") || name.starts_with("../");
}

/// Throws FileError for a path at which nothing is, with what lies beside it under a near name.
[[noreturn]] void refuse_missing(const fs::path& path) {
  const fs::path whole = whole_path(path);
  std::vector<std::string> present;
  for (const fs::path& entry : ascending_entries(whole.parent_path()))
    present.push_back(entry.filename().string());
  const std::string near = nearest_name(whole.filename().string(), present);
  refuse_file(path, "",
              "there is no such file or folder" +
                  (near.empty() ? "" : "; beside it there is " + (whole.parent_path() / near).string()));
}

}  // namespace

std::vector<NamedDataset> datasets_in(const fs::path& folder) { return sets_in(folder, nullptr); }

std::vector<UnreadableDataset> unreadable_datasets() {
  std::vector<UnreadableDataset> odd;
  everything(&odd);
  return odd;
}

fs::path own_dataset(const std::string& name) {
  std::vector<fs::path> places = roots();
  places.back() = ".";  // instead of datasets/, in which a checkout has the built-in ones
  for (const fs::path& place : places)
    if (has_format(place / name)) return place / name;
  return {};
}

fs::path find_dataset(const std::string& name) {
  if (name.empty()) throw FileError("a data set without a name can't be found: want a name or a path");
  std::error_code error;
  if (fs::exists(name, error) || format_of(name) != nullptr) return name;
  if (is_path(name)) refuse_missing(name);
  std::vector<Placed> matches;
  std::vector<UnreadableDataset> odd;
  for (const Placed& placed : everything(&odd))
    if (placed.set.name == name || placed.full_name() == name) matches.push_back(placed);
  if (matches.size() == 1) return matches.front().set.path;
  if (matches.empty()) {
    for (const UnreadableDataset& set : odd)
      if (set.path.filename() == name || set.path.parent_path().filename() / set.path.filename() == name)
        throw FileError(set.why);
    refuse_file(name, "", "no data set has this name" + suggestion(name));
  }

  std::vector<std::string> all;
  for (const Placed& match : matches)
    all.push_back(match.full_name() + " (" + match.set.path.string() + ")");
  refuse_file(name, "", "several data sets have this name: " + listed(all) + "; want one of them");
}

std::vector<std::string> known_datasets() {
  std::map<std::string, std::set<std::string>> full_names;
  for (const Placed& placed : everything())
    full_names[placed.set.name].insert(placed.full_name());
  std::vector<std::string> names;
  for (const auto& [name, full] : full_names)
    if (full.size() == 1)
      names.push_back(name);
    else
      names.insert(names.end(), full.begin(), full.end());
  return names;
}

}  // namespace mercer
