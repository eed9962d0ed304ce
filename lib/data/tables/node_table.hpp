#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/tables/column_names.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// A column of words.
struct NodeColumn {
  Role role;
  std::string_view name;               // empty without a header
  std::vector<std::string_view> text;  // [rows]
};

/// What the columns of a table are where no header says so.
enum class Holds { features, labels, names, splits, masks };

/// A table with a row for each node. A header gives each column its role (role_in_nodes); without one the file's kind
/// does. Columns of no other role hold features, in tables of features and names.
struct NodeTable {
  std::filesystem::path file;
  std::unique_ptr<TextTable> text;         // the views' text
  std::vector<NodeColumn> columns;         // without those of features
  std::vector<Index> line;                 // [rows]  of the file, from 1
  std::optional<Features> features;        // [rows, …]
  std::vector<std::string> feature_names;  // [columns of features], or none
  bool counted_header = false;             // the header was 0, 1, 2, …, as pandas writes it
  std::optional<LabelKind> task;           // of labels, where a comment at the top says it: # task: regression
  std::vector<std::string> notes;

  std::string name() const { return file.filename().string(); }
  Index rows() const { return static_cast<Index>(line.size()); }
  const NodeColumn* column(Role role) const;   // the first of that role, or null; id before name, author_id and index
  std::vector<std::string> other_ids() const;  // the columns of ids but for the first
};

struct NodeTableOptions {
  Holds holds;
  Index nodes = -1;            // when it is known: it decides whether a first row is a header
  bool imputes = false;        // a missing feature takes the most frequent value of its column (the least of several)
  bool first_is_id = false;    // the first column of features without a header is ids of another table
  bool first_is_node = false;  // a first row 0, 1, 2, … is one, since another table has as many rows
  const NodeTable* other_ids = nullptr;  // a table whose ids name the nodes of labels and splits, too
  bool other_labels = false;             // does another table have the labels? Then y beside x is a coordinate
};

/// Reads a table. Labels come out as one column, one-hot rows turned into classes, or as columns of values: several
/// labels of 0 and 1, or real numbers. Throws FileError.
NodeTable read_node_table(const std::filesystem::path& file, const NodeTableOptions& options);
NodeTable read_node_table(std::unique_ptr<TextTable> text, const NodeTableOptions& options);

}  // namespace mercer
