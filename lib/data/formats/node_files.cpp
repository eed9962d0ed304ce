#include "data/formats/node_files.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "data/files/read_file.hpp"
#include "data/tables/node_header.hpp"
#include "data/tables/table_names.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

/// GraphLand has a table of masks for each way to split, random ones first; the first is taken (note_unread names the
/// others).
std::optional<fs::path> split_in(TextFolder& files) {
  auto file = files.find(table_names::split);
  for (const std::string_view& name : table_names::graphland_splits)
    if (!file) file = files.find({&name, 1});
  return file;
}

/// Are the fields whole numbers, two or more, each larger than the one before?
bool ascends(const Fields& row) {
  for (std::size_t c = 0; c < row.size(); ++c) {
    const auto number = whole_number(row[c]);
    if (!number || (c > 0 && *number <= *whole_number(row[c - 1]))) return false;
  }
  return row.size() > 1;
}

/// The name of a table, for messages on its number of lines.
std::string counted_lines(const NodeTable& table) {
  return table.name() + (table.counted_header
                             ? " (its line 1 counts the columns and was taken as a header: where it is a node, "
                               "write a header above it)"
                             : "");
}

}  // namespace

std::optional<fs::path> features_in(TextFolder& files) {
  auto svmlight = files.find(table_names::svmlight, {".svmlight", ".libsvm", ".svm"});
  auto table = files.find(table_names::features);
  if (svmlight && table)
    refuse_file(*table, "", "stands beside " + svmlight->filename().string() + ", want one of the two");
  return svmlight ? svmlight : table;
}

NodeFiles::NodeFiles(TextFolder& files) : features_file(features_in(files)) {
  const bool graphland = files.has_table("edgelist") && files.has_table("targets");
  const auto labels_file = files.find(table_names::labels), split_file = split_in(files);
  const auto names_file = files.find(table_names::nodes), mask_file = files.find(table_names::train_mask);
  if (features_file) read_features(graphland, names_file, {labels_file, split_file, mask_file});
  if (names_file)
    names = read_node_table(*names_file,
                            {.holds = Holds::names, .nodes = nodes(), .other_labels = labels_file.has_value()});
  if (names && names->column(Role::id) == nullptr)
    refuse_file(names->file, "", "has no column of ids, want one that is named id");
  const NodeTable* ids = names ? &*names : features ? &*features : nullptr;
  if (labels_file) labels = read_node_table(*labels_file, {.holds = Holds::labels, .nodes = nodes(), .other_ids = ids});
  if (split_file) split = read_node_table(*split_file, {.holds = Holds::splits, .nodes = nodes(), .other_ids = ids});
  find_ids_of_features(graphland);
  want_no_header_of_numbers();
}

/// Throws FileError where the first line of the features may be a header of numbers, such as years, by ids of one node
/// less in another table.
void NodeFiles::want_no_header_of_numbers() const {
  if (!features || features->column(Role::id) != nullptr || features->counted_header) return;
  if (!features->feature_names.empty()) return;
  const std::vector<Fields> rows = features->text->first_rows();
  if (rows.empty() || !ascends(rows[0])) return;
  for (const std::optional<NodeTable>* table : {&names, &labels, &split}) {
    const NodeColumn* ids = *table ? (*table)->column(Role::id) : nullptr;
    if (ids == nullptr || (*table)->rows() + 1 != features->rows() || !first_of_numbers(ids->text)) continue;
    refuse_file(features->file, "line " + std::to_string(features->line[0]),
                "got " + in_quotes(rows[0][0]) + ", " + in_quotes(rows[0][1]) +
                    " …, which may be a header of numbers, since " + (*table)->name() +
                    " has one node less: where it is one, write names (" + "y" + std::string(rows[0][0]) +
                    "); where it is a node, write a header of names above it");
  }
}

Index NodeFiles::nodes() const {
  if (names) return names->rows();
  if (features) return features->rows();
  return svmlight ? svmlight_rows() : -1;
}

Index NodeFiles::svmlight_rows() const {
  return std::visit([](const auto& x) { return x.rows(); }, svmlight->features);
}

std::optional<NodeIds> NodeFiles::ids() const {
  const auto has_ids = [](const std::optional<NodeTable>& table) {
    return table && table->column(Role::id) != nullptr;
  };
  if (names) return NodeIds(*names, true);
  if (has_ids(features)) return NodeIds(*features, false);
  if (has_ids(labels) && (nodes() < 0 || labels->rows() == nodes())) return NodeIds(*labels, false);
  if (features) {
    NodeIds ids(nodes(), counted_lines(*features));
    ids.set_features(*features);
    return ids;
  }
  if (nodes() >= 0) return NodeIds(nodes(), features_file->filename().string());
  if (labels) return NodeIds(labels->rows(), counted_lines(*labels));
  if (split) return NodeIds(split->rows(), split->name());
  if (long_features) return NodeIds(long_features->nodes(), features_file->filename().string());
  return std::nullopt;
}

/// Has one of these tables as many rows as the features have lines? Then their first line is a node. The first name of
/// nodes.txt never occurs again: unless it is a known header, it is a node beside features with blanks between them,
/// which pandas doesn't write.
bool NodeFiles::first_is_node(const std::optional<fs::path>& names_file, const Paths& tables) const {
  const auto counts_it = [&](const std::optional<fs::path>& file, bool is_headless) {
    if (!file) return false;
    TextTable table(*file, TextTable::Cut::lines);
    return sure_rows(table, is_headless) == features->rows() + 1;
  };
  return counts_it(names_file, features->text->has_blanks_between()) ||
         std::ranges::any_of(tables, [&](const auto& file) { return counts_it(file, false); });
}

void NodeFiles::find_ids_of_features(bool imputes) {
  if (!features || features->column(Role::id) != nullptr || features->counted_header) return;
  for (const std::optional<NodeTable>* table : {&names, &labels, &split}) {
    const NodeColumn* ids = *table ? (*table)->column(Role::id) : nullptr;
    if (ids == nullptr || !starts_with(*features->text, ids->text)) continue;
    features = read_node_table(
        *features_file, {.holds = Holds::features, .imputes = imputes, .first_is_id = true, .other_labels = true});
    return;
  }
}

void NodeFiles::read_features(bool imputes, const std::optional<fs::path>& names_file, const Paths& others) {
  const std::string name = lower_case(features_file->filename().string());
  if (name.find(".svm") != std::string::npos || name.find(".libsvm") != std::string::npos) {
    svmlight_text = std::make_unique<TextFile>(*features_file);
    svmlight = read_svmlight(*svmlight_text);
  } else {
    auto table = std::make_unique<TextTable>(*features_file);
    if (LongFeatures::is(*table))
      long_features = std::make_unique<LongFeatures>(std::move(table));
    else
      features =
          read_node_table(std::move(table), {.holds = Holds::features, .imputes = imputes, .other_labels = true});
    if (features && features->counted_header && first_is_node(names_file, others))
      features = read_node_table(
          *features_file, {.holds = Holds::features, .imputes = imputes, .first_is_node = true, .other_labels = true});
  }
  if (nodes() == 0) refuse_file(*features_file, "", "there is no node: want a line for each");
}

}  // namespace mercer
