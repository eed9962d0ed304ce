#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/text_table.hpp"

/// What columns are by their names, and whether a first row names them.
namespace mercer {

bool is_among(std::string_view word, std::initializer_list<std::string_view> words);

enum class Role {
  id,
  label,
  value,      // of a label that is one of several, or a real number
  indicator,  // 0 or 1 of a class; the table has a column of labels, too
  split,
  train_mask,
  validation_mask,
  test_mask,
  source,
  target,
  weight,
  direction,
  other
};

/// Lower case, with _ for blanks, hyphens and points: "Node Id" as "node_id".
std::string plain_name(std::string_view name);

/// Is it the id of a thing, as author_id, which a node may be or have? id, node_id … beside it count first.
bool names_thing(std::string_view name);
/// The role of a column in a table of nodes: id, label, split, a mask, or other. Any case; "Node Id" is node_id.
Role role_in_nodes(std::string_view name);
/// The same in a table of features too, where category and other names that may be the label are none.
Role role_among_features(std::string_view name);
/// May a column of features be the label by its name, as subject or category?
bool may_be_label(std::string_view name);
/// May a column beside the label be the label in other words, as label_id, class_name or true_label?
bool may_copy_label(std::string_view name);
/// The role of a column in a table of edges: source, target, weight, direction or other.
Role role_in_edges(std::string_view name);

/// Is this the header that pandas writes for columns without names: 0, 1, 2, …, perhaps behind an empty field?
bool counts_columns(const Fields& row);

/// Words for a message: "a, b".
std::string joined(const std::vector<std::string>& words);

}  // namespace mercer
