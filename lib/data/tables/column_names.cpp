#include "data/tables/column_names.hpp"

#include <algorithm>

namespace mercer {
namespace {

/// Lower case, with _ for blanks and hyphens: "Node Id" as "node_id".
std::string plain(std::string_view name) {
  std::string text = lower_case(trimmed(name));
  std::ranges::replace_if(
      text, [](char c) { return c == ' ' || c == '-' || c == '.'; }, '_');
  return text;
}

}  // namespace

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

Role role_in_nodes(std::string_view name) {
  const std::string text = plain(name);
  if (is_among(text, {"id", "ids", "node_id", "nodeid", "node", "nodes", "node_name", "name", "index", "unnamed:_0",
                      "paper_id", "user_id", "item_id", "node_index", "idx"}))
    return Role::id;
  if (is_among(text, {"label", "labels", "class", "classes", "y", "target", "targets", "category", "class_label",
                      "node_label"}))
    return Role::label;
  if (is_among(text, {"train_mask", "is_train"})) return Role::train_mask;
  if (is_among(text, {"val_mask", "valid_mask", "validation_mask", "dev_mask", "is_val"})) return Role::validation_mask;
  if (is_among(text, {"test_mask", "is_test"})) return Role::test_mask;
  const bool numbered = text.starts_with("split") && text.find_first_not_of("s_0123456789", 5) == std::string::npos;
  return numbered ? Role::split : Role::other;  // split, splits, split_0, split1
}

Role role_in_edges(std::string_view name) {
  const std::string text = plain(name);
  if (is_among(text, {"source",    "src",       "from",        "fromnodeid", "from_node_id", "from_id", "source_id",
                      "sourceid",  "src_id",    "srcid",       "id_1",       "id1",          "node_1",  "node1",
                      "node_id_1", "u",         "i",           "head",       "citing",       "start",   "start_id",
                      "node_from", "from_node", "source_node", ":start_id",  "sender",       "follower"}))
    return Role::source;
  if (is_among(text,
               {"target",    "tgt",         "tgt_id", "dst",         "to",      "tonodeid", "to_node_id", "to_id",
                "target_id", "targetid",    "dst_id", "dstid",       "id_2",    "id2",      "node_2",     "node2",
                "node_id_2", "v",           "j",      "tail",        "cited",   "end",      "end_id",     "node_to",
                "to_node",   "target_node", "dest",   "destination", ":end_id", "receiver", "followee"}))
    return Role::target;
  if (is_among(text, {"weight", "weights", "w", "edge_weight", "value"})) return Role::weight;
  return text == "type" || text == "directed" ? Role::direction : Role::other;
}

PartWord part_named(std::string_view text) {
  const std::string word = lower_case(text);
  if (is_among(word, {"train", "training", "tr"})) return PartWord::train;
  if (is_among(word, {"val", "valid", "validation", "dev"})) return PartWord::validation;
  if (is_among(word, {"test", "testing", "te"})) return PartWord::test;
  return is_missing(text) || is_among(word, {"unused", "unlabeled", "unlabelled"}) ? PartWord::none : PartWord::unknown;
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
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace mercer
