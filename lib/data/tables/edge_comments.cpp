#include "data/tables/edge_comments.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "base/lower_case.hpp"
#include "data/tables/column_names.hpp"

namespace mercer {
namespace {

struct Word {
  std::string text;     // letters and digits in lower case
  bool begins = false;  // a clause: before it stands more than blanks, as in "type: directed"
};

std::vector<Word> clauses_of(std::string_view comment) {
  std::vector<Word> words;
  bool within = false, begins = true;
  for (const char c : lower_case(comment)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      if (!within) words.push_back({"", begins});
      words.back().text += c;
      within = true;
      begins = false;
      continue;
    }
    within = false;
    begins |= c != ' ' && c != '\t' && c != '-' && c != '_';
  }
  return words;
}

std::vector<std::string> words_of(std::string_view comment) {
  std::vector<std::string> words;
  for (Word& word : clauses_of(comment))
    words.push_back(std::move(word.text));
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Is the word of direction there said of the graph, not of people as in "actors who directed films"?
bool is_said_of_graph(const std::vector<Word>& words, std::size_t w) {
  const auto text = [&](std::size_t at) { return at < words.size() ? std::string_view(words[at].text) : ""; };
  if (is_among(text(w + 1), {"true", "false", "yes", "no", "0", "1"})) return true;
  if (w + 1 < words.size() && !words[w + 1].begins)
    return is_among(text(w + 1),
                    {"graph",      "graphs",  "digraph", "multigraph", "network",   "networks", "edge",    "edges",
                     "link",       "links",   "arc",     "arcs",       "relations", "ties",     "version", "weighted",
                     "unweighted", "acyclic", "and",     "in",         "but",       "with",     "without"});
  return words[w].begins || is_number(text(w - 1)) ||
         is_among(text(w - 1), {"is",   "are",      "not",        "no",      "non",   "un",    "a",
                                "an",   "type",     "graph",      "network", "edges", "links", "arcs",
                                "edge", "weighted", "unweighted", "simple",  "all",   "and",   "or"});
}

/// The first line of a KONECT file, as "asym unweighted": a kind of graph, then one of weights.
Says konect_line(const std::vector<std::string>& words) {
  const bool is_line =
      words.size() == 2 && is_among(words[1], {"unweighted", "positive", "posweighted", "signed", "multisigned",
                                               "weighted", "multiweighted", "multiposweighted", "dynamic"});
  if (!is_line) return Says::nothing;
  return words[0] == "asym"  ? Says::directed
         : words[0] == "sym" ? Says::undirected
         : words[0] == "bip" ? Says::bipartite
                             : Says::nothing;
}

}  // namespace

Says directions_in(std::string_view comment) {
  const std::vector<Word> words = clauses_of(comment);
  if (const Says konect = konect_line(words_of(comment)); konect != Says::nothing) return konect;
  const auto word = [&](std::size_t w) {
    return w < words.size() ? std::string_view(words[w].text) : std::string_view{};
  };
  bool directed = false, undirected = false;
  for (std::size_t w = 0; w < words.size(); ++w) {
    const bool parted = word(w) == "directed" && w > 0 && is_among(word(w - 1), {"un", "non"});  // un-directed
    const bool one_way = is_among(word(w), {"directed", "digraph"}) && !parted;
    if (!one_way && !parted && word(w) != "undirected") continue;
    if (!is_said_of_graph(words, w)) continue;
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
  if (konect_line(words) != Says::nothing) return 1;
  for (std::size_t w = 0; w + 2 < words.size(); ++w)
    if (is_among(words[w], {"counted", "numbered"}) && words[w + 1] == "from" && is_among(words[w + 2], {"0", "1"}))
      return words[w + 2] == "0" ? 0 : 1;
  return -1;
}

}  // namespace mercer
