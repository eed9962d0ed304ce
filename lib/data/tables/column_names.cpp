#include "data/tables/column_names.hpp"

#include <algorithm>

#include "data/tables/part_names.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

/// Lower case, with _ for blanks and hyphens: "Node Id" as "node_id".
std::string plain(std::string_view name) {
  std::string text = lower_case(trimmed(name));
  std::ranges::replace_if(
      text, [](char c) { return c == ' ' || c == '-' || c == '.'; }, '_');
  return text;
}

/// Is it the id of what a node may be: paper, txId, author_id …?
bool is_id_of_thing(std::string_view text) {
  if (is_among(text, {"paper", "vertex"})) return true;
  for (const std::string_view ending : {"_id", "id"})
    if (text.ends_with(ending))
      return is_among(text.substr(0, text.size() - ending.size()),
                      {"tx", "transaction", "paper", "author", "user", "item", "vertex", "product", "page", "account",
                       "person", "movie", "actor"});
  return false;
}

/// The two ends of an edge are known by the name of an id with 1 and 2 behind it, as in txId1, or with one of these
/// words before it, as in citing_paper_id.
Role end_by_id(std::string_view text) {
  const auto is_id = [](std::string_view name) { return role_in_nodes(name) == Role::id; };
  if (text.ends_with('1') || text.ends_with('2')) {
    std::string_view stem = text.substr(0, text.size() - 1);
    if (stem.ends_with('_')) stem.remove_suffix(1);
    return !is_id(stem) ? Role::other : text.ends_with('1') ? Role::source : Role::target;
  }
  const std::size_t bar = text.find('_');
  if (bar == std::string_view::npos || !is_id(text.substr(bar + 1))) return Role::other;
  if (is_among(text.substr(0, bar), {"source", "src", "from", "citing"})) return Role::source;
  return is_among(text.substr(0, bar), {"target", "dst", "to", "cited"}) ? Role::target : Role::other;
}

}  // namespace

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

Role role_in_nodes(std::string_view name) {
  const std::string text = plain(name);
  if (is_among(text, {"id", "ids", "node_id", "nodeid", "node", "nodes", "node_name", "name", "index", "unnamed:_0",
                      "node_index", "idx"}) ||
      is_id_of_thing(text))
    return Role::id;
  if (is_among(text, {"label", "labels", "class", "classes", "y", "target", "targets", "category", "class_label",
                      "node_label"}))
    return Role::label;
  if (const auto part = part_of_name(name); part && part->surely == NamedPart::Surely::mask) return part->role();
  const bool numbered = text.starts_with("split") && text.find_first_not_of("s_0123456789", 5) == std::string::npos;
  return numbered ? Role::split : Role::other;  // split, splits, split_0, split1
}

Role role_among_features(std::string_view name) {
  const Role role = role_in_nodes(name);
  return role == Role::label && may_be_label(name) ? Role::other : role;
}

bool names_thing(std::string_view name) { return is_id_of_thing(plain(name)); }

bool may_be_label(std::string_view name) {
  return is_among(plain(name), {"subject", "community",        "communities", "ground_truth", "groundtruth", "gt",
                                "group",   "category",         "cluster",     "club",         "topic",       "venue",
                                "type",    "node_type",        "value",       "truth",        "label_id",    "class_id",
                                "y_true",  "modularity_class", "is_fraud",    "fraud"});
}

bool may_copy_label(std::string_view name) {
  const std::string text = plain(name);
  return text.starts_with("label_") || text.starts_with("class_") || text.ends_with("_label");
}

Role role_in_edges(std::string_view name) {
  const std::string text = plain(name);
  if (is_among(text,
               {"source", "src",       "from",      "fromnodeid",  "from_node_id", "from_id", "source_id", "sourceid",
                "src_id", "srcid",     "u",         "i",           "head",         "citing",  "start",     "start_id",
                "sender", "node_from", "from_node", "source_node", ":start_id",    "follower"}))
    return Role::source;
  if (is_among(text, {"target", "tgt",         "tgt_id",   "dst",      "to",      "tonodeid", "to_node_id",
                      "to_id",  "target_id",   "targetid", "dst_id",   "dstid",   "v",        "j",
                      "tail",   "cited",       "end",      "end_id",   "node_to", "to_node",  "target_node",
                      "dest",   "destination", ":end_id",  "receiver", "followee"}))
    return Role::target;
  if (const Role end = end_by_id(text); end != Role::other) return end;
  if (is_among(text, {"weight", "weights", "w", "edge_weight", "value"})) return Role::weight;
  return text == "type" || text == "directed" ? Role::direction : Role::other;
}

bool counts_columns(const Fields& row) {
  const std::size_t first = !row.empty() && row[0].empty() ? 1 : 0;
  if (row.size() <= first) return false;
  for (std::size_t c = first; c < row.size(); ++c)
    if (row[c] != std::to_string(c - first)) return false;
  return true;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : ", ") + listed_name(word);
  return text;
}

}  // namespace mercer
