#include "data/find.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
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

/// All data sets in the roots, in order; one that is found twice is listed once.
std::vector<Placed> everything() {
  std::vector<fs::path> places;
  for (const fs::path& root : roots()) {
    places.push_back(root);
    for (const fs::path& entry : ascending_entries(root))
      if (is_folder(entry) && format_of(entry) == nullptr) places.push_back(entry);
  }
  std::vector<Placed> all;
  std::set<fs::path> paths;
  for (const fs::path& place : places)
    for (NamedDataset& set : datasets_in(place))
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
    if (const std::string other = entry.filename().string(); is_near(name, other) && format_of(entry) != nullptr)
      near.push_back((path.parent_path() / other).string());
  return near;
}

/// "did you mean …" when a name is near, else the list of all names.
std::string suggestion(const std::string& name) {
  const std::vector<std::string> known = known_datasets();
  if (const std::vector<std::string> beside = datasets_beside(name); known.empty() && beside.empty())
    return "and there is none: set MERCER_DATASETS to a folder of data sets, or give a path";
  std::vector<std::string> near;
  for (const std::string& other : datasets_beside(name))
    if (std::ranges::find(known, other) == known.end()) near.push_back(other);
  for (const std::string& other : known) {
    const std::string_view base = std::string_view(other).substr(other.find('/') + 1);
    if (is_near(name, other) || is_near(name, base)) near.push_back(other);
  }
  return near.empty() ? "there are " + listed(known) : "did you mean " + listed(near) + "?";
}

/// Is it a path, and no name or FOLDER/NAME that is looked for?
bool is_path(const std::string& name) {
  return fs::path(name).is_absolute() || name.starts_with("./") || name.starts_with("../");
}

/// Throws FileError for a path at which nothing is, with what lies beside it under a near name.
[[noreturn]] void refuse_missing(const fs::path& path) {
  const fs::path whole = whole_path(path);
  std::vector<std::string> beside;
  for (const fs::path& entry : ascending_entries(whole.parent_path()))
    beside.push_back(entry.filename().string());
  const std::string near = nearest_name(whole.filename().string(), beside);
  refuse_file(path, "",
              "there is no such file or folder" +
                  (near.empty() ? "" : "; beside it there is " + (whole.parent_path() / near).string()));
}

}  // namespace

std::vector<NamedDataset> datasets_in(const fs::path& folder) {
  std::map<fs::path, std::string> found;  // by path: the files of a prefix count once
  for (const fs::path& entry : ascending_entries(folder))
    for (const Format* format : formats::all)
      if (auto set = format->listed(entry)) {
        found.emplace(std::move(set->path), std::move(set->name));
        break;
      }
  std::vector<NamedDataset> sets;
  for (const auto& [path, name] : found)
    sets.push_back({name, path});
  return sets;
}

fs::path find_dataset(const std::string& name) {
  if (name.empty()) throw FileError("a data set without a name can't be found: want a name or a path");
  std::error_code error;
  if (fs::exists(name, error) || format_of(name) != nullptr) return name;
  if (is_path(name)) refuse_missing(name);
  std::vector<Placed> matches;
  for (const Placed& placed : everything())
    if (placed.set.name == name || placed.full_name() == name) matches.push_back(placed);
  if (matches.size() == 1) return matches.front().set.path;
  if (matches.empty()) {
    const char* elsewhere = "; other folders are looked through when $MERCER_DATASETS names them";
    const bool given = std::getenv("MERCER_DATASETS") != nullptr;
    refuse_file(name, "", "no data set has this name; " + suggestion(name) + (given ? "" : elsewhere));
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
