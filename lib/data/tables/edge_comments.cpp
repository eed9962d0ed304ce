#include "data/tables/edge_comments.hpp"

#include <vector>

#include "base/lower_case.hpp"
#include "data/tables/column_names.hpp"

namespace mercer {
namespace {

/// Letters and digits in lower case, between all else.
std::vector<std::string> words_of(std::string_view comment) {
  std::vector<std::string> words(1);
  for (const char c : lower_case(comment))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

Says directions_in(std::string_view comment) {
  const std::vector<std::string> words = words_of(comment);
  const auto word = [&](std::size_t w) { return w < words.size() ? std::string_view(words[w]) : std::string_view{}; };
  bool directed = false, undirected = false;
  for (std::size_t w = 0; w < words.size(); ++w) {
    const bool parted = word(w) == "directed" && w > 0 && is_among(word(w - 1), {"un", "non"});  // un-directed
    const bool one_way = is_among(word(w), {"directed", "digraph"}) && !parted;
    if (!one_way && !parted && word(w) != "undirected") continue;
    const std::size_t behind = word(w + 1) == "graph" ? w + 2 : w + 1;
    const bool affirmed = is_among(word(behind), {"true", "yes", "1"});
    const bool last = behind + 1 == words.size();
    const bool denied_behind = word(behind) == "false" || (last && is_among(word(behind), {"no", "0"}));
    const bool denied_before = w > 0 && (is_among(word(w - 1), {"not", "no"}) ||
                                         (w > 1 && word(w - 2) == "not" && is_among(word(w - 1), {"a", "an"})));
    const bool denied = !affirmed && (denied_behind || denied_before);
    (one_way != denied ? directed : undirected) = true;
  }
  if (directed) return undirected ? Says::both : Says::directed;
  return undirected ? Says::undirected : Says::nothing;
}

int counted_from(std::string_view comment) {
  const std::vector<std::string> words = words_of(comment);
  for (std::size_t w = 0; w + 2 < words.size(); ++w)
    if (is_among(words[w], {"counted", "numbered"}) && words[w + 1] == "from" && is_among(words[w + 2], {"0", "1"}))
      return words[w + 2] == "0" ? 0 : 1;
  return -1;
}

}  // namespace mercer
