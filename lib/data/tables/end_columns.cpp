#include "data/tables/end_columns.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <utility>
#include <vector>

#include "data/files/read_file.hpp"
#include "data/tables/column_names.hpp"

namespace mercer {
namespace {

/// Words that name the two ends together.
struct EndPair {
  int strength;  // start and end may be times, from and to places
  std::vector<std::string_view> sources, targets;
};

constexpr int strongest = 4;

const std::vector<EndPair>& end_pairs() {
  static const std::vector<EndPair> pairs{
      {strongest, {"source", "src"}, {"target", "tgt", "dst", "dest", "destination"}},
      {strongest, {"sender"}, {"receiver", "recipient"}},
      {strongest, {"citing"}, {"cited"}},
      {strongest, {"follower"}, {"followee", "followed"}},
      {3, {"from"}, {"to"}},
      {3, {"head"}, {"tail"}},
      {3, {"parent"}, {"child"}},
      {3, {"origin", "orig"}, {"dest", "destination", "dst"}},
      {3, {"1"}, {"2"}},
      {2, {"start"}, {"end"}},
      {1, {"u"}, {"v"}},
      {1, {"i"}, {"j"}}};
  return pairs;
}

/// What stands before a bracket and behind a colon or ~: Neo4j has :START_ID(Person) and personId:ID, Neptune ~from.
std::string without_marks(std::string_view name) {
  std::string text = plain_name(name);
  if (const std::size_t bracket = text.find('('); bracket != std::string::npos && bracket > 0) text.resize(bracket);
  if (const std::size_t mark = text.find_last_of(":~"); mark != std::string::npos) text.erase(0, mark + 1);
  return text;
}

bool is_name_of_id(std::string_view text) { return role_in_nodes(text) == Role::id; }

/// The form of what stands behind the word of an end, as _paper_id; nothing where it is another word.
std::optional<int> form_behind(std::string_view rest, bool is_letter) {
  if (rest.empty()) return 0;
  const bool has_bar = rest[0] == '_';
  if (has_bar) rest.remove_prefix(1);
  if (is_letter) return has_bar && rest == "id" ? std::optional(1) : std::nullopt;
  if (is_among(rest, {"id", "node", "nodeid", "node_id"})) return 1;
  if (!has_bar || !(is_name_of_id(rest) || rest.ends_with("_id"))) return std::nullopt;
  return is_among(rest, {"name", "node_name", "index", "node_index", "idx"}) ? -1 : 1;
}

/// A name such as txId1 or id_2.
std::optional<EndName> numbered_id(std::string_view text) {
  if (!text.ends_with('1') && !text.ends_with('2')) return std::nullopt;
  std::string_view stem = text.substr(0, text.size() - 1);
  if (stem.ends_with('_')) stem.remove_suffix(1);
  if (!is_name_of_id(stem)) return std::nullopt;
  return EndName{std::string(1, text.back()), text.ends_with('2'), 1};
}

bool holds(const std::vector<std::string_view>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// How well two known names say together that they are the ends.
int strength_of(const EndName& source, const EndName& target) {
  constexpr int none = -100;
  int together = none, of_source = 0, of_target = 0;
  for (const EndPair& pair : end_pairs()) {
    const bool has_source = holds(pair.sources, source.word), has_target = holds(pair.targets, target.word);
    if (has_source) of_source = std::max(of_source, pair.strength);
    if (has_target) of_target = std::max(of_target, pair.strength);
    if (!has_source || !has_target) continue;
    const int form = std::min(source.form, target.form);
    together = std::max(together, 2 * pair.strength + (pair.strength == strongest ? std::min(form, 0) : form));
  }
  return together > none ? together : std::min(of_source, of_target) - strongest - 1;  // of two kinds, as from,dst
}

struct KnownEnd {
  std::size_t column;
  EndName name;
};

std::string quoted(const Fields& header, const EndColumns& ends) {
  return joined({std::string(header[ends.source]) + "," + std::string(header[ends.target])});
}

EndColumns strongest_pair(const TextTable& table, const Fields& header, const std::vector<KnownEnd>& ends) {
  int most = std::numeric_limits<int>::min();
  std::vector<EndColumns> best;
  for (const KnownEnd& source : ends)
    for (const KnownEnd& target : ends) {
      if (source.name.is_target || !target.name.is_target) continue;
      const int strength = strength_of(source.name, target.name);
      if (strength > most) best.clear();
      most = std::max(most, strength);
      if (strength == most) best.push_back({source.column, target.column, true});
    }
  if (best.size() > 1)
    refuse_file(table.text().path(), "",
                "two pairs of columns may be the ends of the edges: " + quoted(header, best.front()) + " and " +
                    quoted(header, best.back()) +
                    "; want one pair, called source,target, and other names for the others");
  return best.front();
}

/// Does the column count the rows below the header?
bool counts_rows(TextTable& table, std::size_t c) {
  constexpr Index few_rows = 4, rows_looked_at = 100;
  Index rows = -1;  // without the header
  std::optional<std::int64_t> before;
  bool counts = true;
  for (table.rewind(); counts && rows < rows_looked_at && table.next();) {
    if (table.row().empty() || ++rows == 0) continue;
    const auto number = c < table.row().size() ? whole_number(table.row()[c]) : std::nullopt;
    counts = number && (before ? *number == *before + 1 : *number == 0 || *number == 1);
    before = number;
  }
  table.rewind();
  return counts && rows >= few_rows;
}

/// Is it an id of the edge, and no end?
bool is_id_of_edge(TextTable& table, const Fields& header, std::size_t c) {
  const std::string name = without_marks(header[c]);
  if (trimmed(header[c]) == "~id") return true;
  if (is_among(name, {"edge_id", "edgeid", "edge", "link_id", "linkid", "rel_id", "relationship_id"})) return true;
  return is_among(name, {"id", "index", "idx", "row", "row_id", "rowid", "nr", "no"}) && counts_rows(table, c);
}

/// The columns that may be ends though their names aren't known; all of them where fewer than two are left.
std::vector<std::size_t> may_be_ends(TextTable& table, const Fields& header, std::size_t first) {
  std::vector<std::size_t> all, some;
  for (std::size_t c = first; c < header.size(); ++c) {
    const Role role = role_in_edges(header[c]);
    all.push_back(c);
    if (role != Role::weight && role != Role::direction && !is_id_of_edge(table, header, c)) some.push_back(c);
  }
  return some.size() < 2 ? all : some;
}

/// Are two names alike but for a 1 and a 2, or an A and a B, at the end?
bool are_numbered(std::string_view one, std::string_view two) {
  const std::string a = plain_name(one), b = plain_name(two);
  if (a.size() < 2 || a.size() != b.size() || a.substr(0, a.size() - 1) != b.substr(0, b.size() - 1)) return false;
  return (a.back() == '1' && b.back() == '2') || (a.back() == 'a' && b.back() == 'b');
}

/// The ends where one name alone is known, or none of the other end.
EndColumns ends_beside(const TextTable& table, const Fields& header, const std::vector<std::size_t>& candidates,
                       const std::vector<KnownEnd>& ends) {
  const std::size_t own = ends[0].column;
  const bool is_target = ends[0].name.is_target;
  std::vector<std::size_t> partners;
  for (const std::size_t c : candidates)
    if (c != own) partners.push_back(c);
  const bool in_place = candidates.size() > 1 && candidates[is_target ? 1 : 0] == own;
  if (ends.size() > 1 || partners.empty() || (partners.size() > 1 && !in_place))
    refuse_file(table.text().path(), "",
                "the column " + joined({std::string(header[own])}) + " is called as the " +
                    (is_target ? "target" : "source") + " of an edge, and none as the " +
                    (is_target ? "source" : "target") + ", of " + joined({header.begin(), header.end()}) +
                    "; want both by name, as in source,target");
  return is_target ? EndColumns{partners[0], own} : EndColumns{own, partners[0]};
}

/// The word for the kind of thing that a column holds: user of user_id; empty where the name tells none.
std::string kind_named(std::string_view name) {
  std::string text = plain_name(name);
  if (const std::size_t bracket = text.find('('); bracket != std::string::npos && text.ends_with(')'))
    return text.substr(bracket);  // a space of ids of Neo4j
  if (end_named(name)) return {};
  const bool is_thing = is_among(text, {"user", "item", "author", "paper", "movie", "film",  "product", "customer",
                                        "book", "song", "artist", "tag",   "venue", "actor", "gene",    "disease",
                                        "drug", "word", "page",   "group", "event", "track", "document"});
  if (text.ends_with("id"))
    text.resize(text.size() - 2);
  else if (!is_thing)
    return {};
  while (!text.empty() && (text.back() == '_' || (text.back() >= '0' && text.back() <= '9')))
    text.pop_back();
  static const std::vector<std::string_view> of_one_kind{
      "node",  "vertex",    "friend",     "neighbor", "neighbour", "contact", "partner", "other",  "alter",
      "ego",   "peer",      "linked",     "related",  "connected", "ref",     "next",    "prev",   "previous",
      "reply", "reference", "referenced", "similar",  "buyer",     "seller",  "caller",  "callee", "edge"};
  return holds(of_one_kind, text) ? std::string() : text;
}

}  // namespace

std::optional<EndName> end_named(std::string_view name) {
  const std::string text = without_marks(name);
  if (const auto numbered = numbered_id(text)) return numbered;
  std::string_view word = text;
  for (const std::string_view thing : {"node_", "id_"})
    if (word.starts_with(thing)) word.remove_prefix(thing.size());
  std::optional<EndName> found;
  const auto look = [&](const std::vector<std::string_view>& words, bool is_target) {
    for (const std::string_view own : words) {
      if (found || own == "1" || own == "2" || !word.starts_with(own)) continue;
      const auto form = form_behind(word.substr(own.size()), own.size() == 1);
      if (form) found = EndName{std::string(own), is_target, word.size() < text.size() ? 1 : *form};
    }
  };
  for (const EndPair& pair : end_pairs()) {
    look(pair.sources, false);
    look(pair.targets, true);
  }
  return found;
}

EndColumns end_columns(TextTable& table, const Fields& header, std::size_t first) {
  std::vector<KnownEnd> ends;
  bool sources = false, targets = false;
  for (std::size_t c = first; c < header.size(); ++c)
    if (auto name = end_named(header[c])) {
      (name->is_target ? targets : sources) = true;
      ends.push_back({c, std::move(*name)});
    }
  if (sources && targets) return strongest_pair(table, header, ends);
  const std::vector<std::size_t> candidates = may_be_ends(table, header, first);
  if (candidates.size() < 2) return {first, first + 1};
  if (!ends.empty()) return ends_beside(table, header, candidates, ends);
  const bool is_behind_id = candidates.size() > 2 && is_name_of_id(without_marks(header[candidates[0]])) &&
                            are_numbered(header[candidates[1]], header[candidates[2]]);
  const std::size_t at = is_behind_id ? 1 : 0;
  return {candidates[at], candidates[at + 1]};
}

bool name_two_kinds(std::string_view source, std::string_view target) {
  constexpr std::size_t same_end = 4;  // of hometeam and awayteam
  const std::string one = kind_named(source), two = kind_named(target);
  if (one.empty() || two.empty() || one.ends_with(two) || two.ends_with(one)) return false;
  if (one[0] == '(' || two[0] == '(') return one[0] == two[0];
  const std::size_t shared = std::min({same_end, one.size(), two.size()});
  const bool ends_alike = one.substr(one.size() - shared) == two.substr(two.size() - shared) && shared == same_end;
  const auto last_word = [](const std::string& text) { return text.substr(text.find_last_of('_') + 1); };
  return !ends_alike && last_word(one) != last_word(two);
}

}  // namespace mercer
