#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/tables/node_table.hpp"

namespace mercer {

/// The names of nodes whose numbers count from 1.
std::vector<std::string> names_from_one(Index nodes);

/// 0 or 1 when the ids are that number and all that follow, in any order; nothing for others.
std::optional<Index> first_of_numbers(const std::vector<std::string_view>& ids);

/// The nodes as files name them: by number from 0, or by names. Rows without ids are in the nodes' order.
class NodeIds {
 public:
  /// Nodes that are numbers; `counted` says which file counts them, for messages.
  NodeIds(Index nodes, std::string counted) : nodes_(nodes), counted_(std::move(counted)) {}
  /// Nodes with the ids of a table. The numbers 0 … n − 1 or 1 … n in any order are numbers, which order the nodes,
  /// unless the table is one of names; other ids are names, in the order of the table. Throws FileError on ids that are
  /// missing or here twice.
  explicit NodeIds(const NodeTable& table, bool names);

  /// The edges of this file number the nodes 1 … n: so do files that come after, unless ids have said otherwise.
  void count_from_one(const std::string& edges);

  /// The features whose lines count the nodes, for hints; they must outlive the ids.
  void set_features(const NodeTable& features) { features_ = &features; }
  /// Behind "out of range": "; where column 1 (key) of X holds the ids, name it id", where its numbers could be such;
  /// else empty.
  std::string hint_of_ids() const;

  Index nodes() const { return nodes_; }
  /// Does a column of ids say where numbers begin, or what the names are?
  bool decide() const { return named() || first_; }
  const std::string& counted() const { return counted_; }
  bool named() const { return !names_.empty(); }
  const std::vector<std::string>& names() const { return names_; }  // [nodes] or none

  std::optional<Node> find(std::string_view id) const;
  /// Behind "X is not a node": ": '1' is; …" where only the form of the number differs, or which other columns of ids
  /// there are; else empty.
  std::string near(std::string_view id) const;

  /// How the rows of a table without ids are taken: "as the nodes 0, 1 …", "in the order of X".
  std::string order() const;
  /// Is it the order of names in a table of more than names, which is nowhere said to be the nodes' order?
  bool order_is_a_tables() const { return order_is_a_tables_; }

  /// The node of each row: by its id, or in order. Each node has a row, or fewer when `partial` and there are ids.
  /// Throws FileError.
  std::vector<Node> nodes_of(const NodeTable& table, bool partial) const;
  /// Throws FileError unless the file has a line for each node.
  void want_rows(const std::filesystem::path& file, Index rows) const;

 private:
  Index nodes_;
  std::string counted_;
  std::vector<std::string> names_;
  std::optional<Index> first_;  // of ids that are numbers
  std::string others_;          // columns of ids beside the one that counts
  std::string from_one_in_;     // the file that numbers the nodes from 1
  bool order_is_a_tables_ = false;
  const NodeTable* features_ = nullptr;
  std::unordered_map<std::string, Node> number_;
};

}  // namespace mercer
