#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counted.hpp"
#include "data/files/npz_splits.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/files/text_table.hpp"
#include "data/formats.hpp"
#include "data/labels/labels.hpp"
#include "data/tables/edge_table.hpp"
#include "data/tables/text_folder.hpp"

/// The text files of Geom-GCN (Pei et al., ICLR 2020), each with a header, plain or gzip:
///   out1_node_feature_label.txt   `NODE <tab> VALUE,VALUE,… <tab> LABEL`, a line for each node; or, as in film,
///   indices
///                                 of the features that are 1
///   out1_graph_edges.txt          `SOURCE <tab> TARGET`
///   NAME_split_0.6_0.2_0.npz …    optional: the splits, a file for each, with train_mask, val_mask and test_mask
namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view geom_gcn_nodes[]{"out1_node_feature_label"}, geom_gcn_edges[]{"out1_graph_edges"};
constexpr std::span<const std::string_view> geom_gcn_tables[]{geom_gcn_nodes, geom_gcn_edges};
constexpr std::string_view split_piece = "_split_", split_ending = ".npz";

std::optional<fs::path> table_in(const fs::path& path, const char* name) {
  const fs::path folder = is_folder(path) ? path : path.parent_path();
  return one_of(folder, {name, std::string(name) + ".gz"});
}

std::optional<fs::path> nodes_in(const fs::path& path) { return table_in(path, "out1_node_feature_label.txt"); }
std::optional<fs::path> edges_in_folder(const fs::path& path) { return table_in(path, "out1_graph_edges.txt"); }

struct GeomRow {
  Index line;
  std::string_view features, label;
};

/// The rows in the order of their ids, 0 … n − 1.
std::vector<GeomRow> read_rows_by_id(TextTable& table) {
  std::vector<std::pair<Index, GeomRow>> rows;
  table.skip_first_row();
  while (table.next()) {
    table.want_fields(3, ": node, features and label");
    const auto id = whole_number(table.row()[0]);
    if (!id) table.refuse("got " + in_quotes(table.row()[0]) + ", want the number of a node");
    rows.emplace_back(*id, GeomRow{table.line(), table.row()[1], table.row()[2]});
  }
  std::ranges::stable_sort(rows, {}, &std::pair<Index, GeomRow>::first);
  std::vector<GeomRow> in_order;
  for (const auto& [id, row] : rows) {
    if (id != std::ssize(in_order))
      table.text().refuse(row.line, "got the node " + std::to_string(id) + ", want each of 0 … " +
                                        std::to_string(rows.size() - 1) + " once");
    in_order.push_back(row);
  }
  return in_order;
}

void cut_at_commas(std::string_view text, Fields& fields) {
  fields.clear();
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(',', first), text.size());
    fields.push_back(trimmed(text.substr(first, end - first)));
    first = end + 1;
  }
}

/// What the lists of all rows are.
struct ListFacts {
  std::map<std::ptrdiff_t, std::size_t> rows_of;                    // by the length of the list
  std::size_t with_repeats = 0;                                     // rows
  bool whole = true, ascend = true, differ = true, beyond = false;  // is any number the length of its list or more?

  /// The length of the most lists.
  std::ptrdiff_t usual_length() const {
    return std::ranges::max_element(rows_of, {}, [](const auto& own) { return own.second; })->first;
  }
};

ListFacts facts_of(const std::vector<GeomRow>& rows) {
  ListFacts facts;
  Fields fields;
  for (const GeomRow& row : rows) {
    cut_at_commas(row.features, fields);
    ++facts.rows_of[std::ssize(fields)];
    std::vector<Index> numbers;
    for (const std::string_view field : fields)
      if (const auto number = whole_number(field); number && *number >= 0)
        numbers.push_back(*number);
      else
        facts.whole = false;
    facts.ascend = facts.ascend && std::ranges::adjacent_find(numbers, std::greater_equal{}) == numbers.end();
    facts.beyond = facts.beyond || std::ranges::any_of(numbers, [&](Index n) { return n >= std::ssize(fields); });
    std::ranges::sort(numbers);
    const bool repeats = std::ranges::adjacent_find(numbers) != numbers.end();
    facts.with_repeats += repeats ? 1 : 0;
    facts.differ = facts.differ && !repeats;
  }
  return facts;
}

/// Lists of several lengths are indices, unless a number is no index, or most repeat one: then they are values, of
/// which a row lacks one. Of one length, they are indices where all ascend beyond their length, as those of the five
/// largest features; else values. A note says what may be otherwise.
bool are_values(TextTable& table, const std::vector<GeomRow>& rows, std::vector<std::string>& notes) {
  const ListFacts facts = facts_of(rows);
  const std::string name = table.text().name();
  const bool can_be_indices = facts.whole && 2 * facts.with_repeats <= rows.size();
  if (facts.rows_of.size() > 1 && can_be_indices) return false;
  const std::ptrdiff_t length = facts.usual_length();
  Fields fields;
  for (const GeomRow& row : rows) {
    cut_at_commas(row.features, fields);
    if (std::ssize(fields) != length)
      table.text().refuse(row.line, "got " + std::to_string(fields.size()) + " values, want " + std::to_string(length) +
                                        " as in most lines");
  }
  if (!facts.whole || !facts.differ || !facts.beyond) return true;
  const bool indices = facts.ascend && length > 1;
  const std::string numbers = name + ": each line has " + counted(length, "whole number");
  notes.push_back(numbers + (indices
                                 ? ", which ascend: they are read as indices of features that are 1; where they are "
                                   "values, write one with a point (1.0)"
                                 : ": they are read as values; where they are indices of features that are 1, write "
                                   "them in ascending order, or features.csv in the long form"));
  return !indices;
}

Features read_values(TextTable& table, const std::vector<GeomRow>& rows) {
  SparseRows features;
  Fields fields;
  for (const GeomRow& row : rows) {
    cut_at_commas(row.features, fields);
    for (std::size_t c = 0; c < fields.size(); ++c) {
      const auto value = finite_real(real_number(fields[c]));
      if (!value)
        table.text().refuse(
            row.line, "value " + std::to_string(c + 1) + ": got " + in_quotes(fields[c]) + ", want a finite number");
      features.add(static_cast<Index>(c), *value);
    }
    features.end_row();
  }
  return features.take(std::ssize(fields));
}

Features read_indices(TextTable& table, const std::vector<GeomRow>& rows) {
  SparseRows features;
  Fields fields;
  Index width = 0;
  for (const GeomRow& row : rows) {
    cut_at_commas(row.features, fields);
    std::vector<Index> columns;
    for (const std::string_view field : fields) {
      const auto column = whole_number(field);
      if (!column || *column < 0 || *column >= SparseRows::most_columns)
        table.text().refuse(row.line, "got " + in_quotes(field) + ", want the index of a feature");
      columns.push_back(*column);
    }
    std::ranges::sort(columns);
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    for (const Index c : columns)
      features.add(c, 1);
    width = std::max(width, columns.back() + 1);
    features.end_row();
  }
  return features.take(width);
}

/// The splits of the folder, in the order of their numbers; other files are named.
void read_split_files(const fs::path& folder, Dataset& data) {
  TextFolder files(folder);
  for (const auto& names : geom_gcn_tables)
    files.find(names, {".txt"});
  for (const fs::path& file : files.find_all(split_piece, split_ending)) {
    const Npz archive(file);
    if (!has_splits(archive))
      refuse_file(file, "", "has no member 'train_mask', want train_mask, val_mask and test_mask");
    const std::string number = "_" + std::to_string(data.splits.size()) + std::string(split_ending);
    if (!file.filename().string().ends_with(number))
      data.notes.push_back(file.filename().string() + " is split " + std::to_string(data.splits.size()));
    for (Split& split : splits_of(archive, data.nodes(), data.notes))
      data.splits.push_back(std::move(split));
  }
  if (const std::string unread = files.unread(); !unread.empty())
    data.notes.push_back(unread + ": splits are files NAME_split_0.6_0.2_0.npz … of the same folder");
}

Dataset read_geom_gcn(const fs::path& path) {
  Dataset data;
  data.name = whole_path(is_folder(path) ? path : path.parent_path()).filename().string();
  data.format = "geom-gcn";
  TextTable table(*nodes_in(path));
  const std::vector<GeomRow> rows = read_rows_by_id(table);
  if (rows.empty()) refuse_file(table.text().path(), "", "there is no node: want a line for each, below a header");
  data.features = are_values(table, rows, data.notes) ? read_values(table, rows) : read_indices(table, rows);
  std::vector<std::string_view> labels;
  for (const GeomRow& row : rows)
    labels.push_back(row.label);
  set_labels({.file = table.text().path(), .texts = labels}, data);
  EdgeTable(*edges_in_folder(path), NodeIds(std::ssize(rows), table.text().name()), false).set(data);
  read_split_files(table.text().path().parent_path(), data);
  return data;
}

bool is_geom_gcn(const fs::path& path) {
  const bool named = is_folder(path) || path.filename().string().starts_with("out1_");
  return named && nodes_in(path) && edges_in_folder(path);
}

}  // namespace

constinit const Format formats::geom_gcn{.wants = "a folder with out1_node_feature_label.txt and out1_graph_edges.txt",
                                         .is = is_geom_gcn,
                                         .read = read_geom_gcn,
                                         .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
                                           if (!is_folder(entry) || !is_geom_gcn(entry)) return std::nullopt;
                                           return NamedDataset{entry.filename().string(), entry};
                                         },
                                         .tables = geom_gcn_tables,
                                         .reads =
                                             [](const fs::path&, const std::string& file) {
                                               return file.find(split_piece) != std::string::npos &&
                                                      file.ends_with(split_ending);
                                             }};

}  // namespace mercer
