#include "data/tables/column_names.hpp"

#include <algorithm>

#include "data/tables/end_columns.hpp"
#include "data/tables/part_names.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

/// Is it the id of what a node may be: paper, txId, author_id …?
bool is_id_of_thing(std::string_view text) {
  if (is_among(text, {"paper", "vertex"})) return true;
  for (const std::string_view ending : {"_id", "id"})
    if (text.ends_with(ending))
      return is_among(text.substr(0, text.size() - ending.size()),
                      {"tx", "transaction", "paper", "author", "user", "item", "vertex", "product", "page", "account",
                       "person", "movie", "actor", "new"});
  return false;
}

bool is_name_of_label(std::string_view text) {
  return is_among(
      text, {"label", "labels", "class", "classes", "y", "target", "targets", "category", "class_label", "node_label"});
}

/// What a name of Neo4j's says: id of personId:ID and :ID(Person), label of :LABEL and label:string.
std::string without_type(std::string name) {
  const std::size_t group = name.ends_with(')') ? name.find(":id(") : std::string::npos;
  if (group != std::string::npos) return "id";
  const std::size_t mark = name.rfind(':');
  if (mark == std::string::npos) return name;
  const std::string behind = name.substr(mark + 1);
  if (behind == "id" || behind == "label") return behind;
  const bool is_type =
      is_among(behind, {"string", "int", "integer", "long", "float", "double", "boolean", "byte", "short", "char"});
  const std::string untyped = name.substr(0, mark);
  return is_type && is_name_of_label(untyped) ? untyped : name;  // name:string is no id
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string text = lower_case(trimmed(name));
  std::ranges::replace_if(
      text, [](char c) { return c == ' ' || c == '-' || c == '.'; }, '_');
  return text;
}

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

Role role_in_nodes(std::string_view name) {
  const std::string text = without_type(plain_name(name));
  if (is_among(text, {"id", "ids", "node_id", "nodeid", "node", "nodes", "node_name", "name", "index", "unnamed:_0",
                      "node_index", "idx"}) ||
      is_id_of_thing(text))
    return Role::id;
  if (is_name_of_label(text)) return Role::label;
  if (const auto part = part_of_name(name); part && part->surely == NamedPart::Surely::mask) return part->role();
  const bool numbered = text.starts_with("split") && text.find_first_not_of("s_0123456789", 5) == std::string::npos;
  return numbered ? Role::split : Role::other;  // split, splits, split_0, split1
}

Role role_among_features(std::string_view name) {
  const Role role = role_in_nodes(name);
  return role == Role::label && may_be_label(name) ? Role::other : role;
}

bool names_thing(std::string_view name) { return is_id_of_thing(plain_name(name)); }

bool may_be_label(std::string_view name) {
  return is_among(plain_name(name),
                  {"subject", "community",        "communities", "ground_truth", "groundtruth", "gt",
                   "group",   "category",         "cluster",     "club",         "topic",       "venue",
                   "type",    "node_type",        "value",       "truth",        "label_id",    "class_id",
                   "y_true",  "modularity_class", "is_fraud",    "fraud"});
}

bool may_copy_label(std::string_view name) {
  const std::string text = plain_name(name);
  return text.starts_with("label_") || text.starts_with("class_") || text.ends_with("_label");
}

Role role_in_edges(std::string_view name) {
  if (const auto end = end_named(name)) return end->is_target ? Role::target : Role::source;
  const std::string text = plain_name(name);
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
