#include "data/tables/text_folder.hpp"

#include <algorithm>
#include <system_error>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"

namespace mercer {

namespace fs = std::filesystem;

TextFolder::TextFolder(const fs::path& folder) : folder_(folder) {
  std::error_code error;  // a folder that can't be read holds nothing
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (std::error_code other; !entry->is_directory(other)) names_.push_back(entry->path().filename().string());
  std::ranges::sort(names_);
}

std::optional<fs::path> TextFolder::find(std::span<const std::string_view> stems,
                                         std::initializer_list<std::string_view> endings) {
  std::vector<std::string> wanted;
  for (const std::string_view stem : stems)
    for (const std::string_view ending : endings)
      for (const char* packed : {"", ".gz"})
        wanted.push_back(std::string(stem) + std::string(ending) + packed);
  std::vector<std::pair<std::ptrdiff_t, std::string>> matches;  // by their place in `wanted`
  for (const std::string& name : names_)
    if (const auto place = std::ranges::find(wanted, lower_case(name)); place != wanted.end())
      matches.emplace_back(place - wanted.begin(), name);
  std::ranges::sort(matches);
  if (matches.empty()) return std::nullopt;
  if (matches.size() > 1)
    refuse_file(folder_ / matches[1].second, "", "stands beside " + matches[0].second + ", want one of the two");
  found_.insert(matches[0].second);
  return folder_ / matches[0].second;
}

bool TextFolder::has_table(std::string_view stem) const {
  const std::string table = std::string(stem) + ".csv";
  return std::ranges::any_of(
      names_, [&](const std::string& name) { return lower_case(name) == table || lower_case(name) == table + ".gz"; });
}

std::vector<std::string> TextFolder::unread() const {
  std::vector<std::string> left;
  for (const std::string& name : names_) {
    const std::string lower = lower_case(name);
    const bool explains = lower.starts_with("readme") || lower.starts_with("license") || lower.ends_with(".md");
    if (name[0] != '.' && !explains && !found_.contains(name)) left.push_back(name);
  }
  return left;
}

}  // namespace mercer
