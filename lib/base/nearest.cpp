#include "mercer/base/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "base/lower_case.hpp"

namespace mercer {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // three rows of the table are kept at a time
  std::vector<std::size_t> two_up(b.size() + 1), up(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    up[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = up[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({up[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], two_up[j - 2] + 1);
    }
    two_up.swap(up);
    up.swap(row);
  }
  return up[b.size()];
}

std::string nearest_name(std::string_view name, std::span<const std::string> known) {
  const std::string lower = lower_case(name);
  std::string nearest;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : known) {
    const std::size_t needed = edit_distance(lower, lower_case(candidate));
    if (needed >= fewest || 3 * needed > std::max(name.size(), candidate.size())) continue;
    fewest = needed;
    nearest = candidate;
  }
  return nearest;
}

std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> known, std::size_t most) {
  std::vector<std::string> names;
  const std::string nearest = nearest_name(name, known), lower = lower_case(name);
  const std::size_t fewest = edit_distance(lower, lower_case(nearest));
  const auto is_near = [&](const std::string& other) {
    if (nearest.empty()) return !name.empty() && other.starts_with(name);
    return edit_distance(lower, lower_case(other)) == fewest;
  };
  for (const std::string& candidate : known)
    if (names.size() < most && is_near(candidate)) names.push_back(candidate);
  return names;
}

std::string one_of_these(std::span<const std::string> names) {
  std::string text;
  for (std::size_t n = 0; n < names.size(); ++n)
    text += (n == 0 ? "" : n + 1 == names.size() ? " or " : ", ") + names[n];
  return text;
}

std::string suggest(std::string_view name, std::span<const std::string> known, std::string_view all) {
  constexpr std::size_t most_near = 3, most_listed = 12;
  std::string text;
  const bool lists = all.empty() || known.size() <= most_listed;
  if (const std::vector<std::string> near = nearest_names(name, known, lists ? 1 : most_near); !near.empty())
    text = "did you mean " + one_of_these(near) + "? ";
  if (!lists) return text + std::string(all);
  text += "known:";
  for (const std::string& candidate : known)
    text += (&candidate == known.data() ? " " : ", ") + candidate;
  return text;
}

}  // namespace mercer
