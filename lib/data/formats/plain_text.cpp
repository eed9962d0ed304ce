#include "data/formats/plain_text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <system_error>

#include "base/counted.hpp"
#include "data/assemble.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/formats.hpp"
#include "data/formats/node_files.hpp"
#include "data/labels/labels.hpp"
#include "data/labels/targets.hpp"
#include "data/tables/edge_table.hpp"
#include "data/tables/node_ids.hpp"
#include "data/tables/split_files.hpp"
#include "data/tables/table_names.hpp"
#include "data/tables/text_folder.hpp"
#include "mercer/data/transform.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> edges_in(TextFolder& files) { return files.find(table_names::edges); }

/// The rows of a table in the order of the nodes.
Features in_order(const NodeTable& table, const NodeIds& ids) {
  const std::vector<Node> node = ids.nodes_of(table, false);
  if (table.column(Role::id) == nullptr) return *table.features;
  std::vector<Node> row(node.size());
  for (std::size_t r = 0; r < node.size(); ++r)
    row[static_cast<std::size_t>(node[r])] = static_cast<Node>(r);
  return rows_of(*table.features, row);
}

void set_features(NodeFiles& read, const NodeIds& ids, Dataset& data) {
  const NodeTable* table = read.features                        ? &*read.features
                           : read.names && read.names->features ? &*read.names
                                                                : nullptr;
  if (read.features && read.names && read.names->features)
    data.notes.push_back(read.names->name() + ": its columns of numbers give way to " + read.features->name());
  if (table != nullptr) {
    data.features = in_order(*table, ids);
    data.feature_names = table->feature_names;
  } else if (read.svmlight) {
    ids.want_rows(*read.features_file, read.svmlight_rows());
    data.features = std::move(read.svmlight->features);
    data.first_index = read.svmlight->first_index;
    read.svmlight->rounding.note(read.features_file->filename().string(), data.notes);
  } else if (read.long_features) {
    data.features = read.long_features->matrix(ids, data.feature_names);
    data.notes.push_back(read.long_features->note());
  } else {
    data.features = Tensor(ids.nodes(), 0);
    data.notes.emplace_back("there are no features: features.svmlight or features.csv would give them");
  }
}

/// feature_names.txt names the columns of features that have no header, a line each; more names than columns that occur
/// add columns of zeros.
void read_feature_names(TextFolder& files, Dataset& data) {
  const auto file = files.find(table_names::feature_names);
  if (!file) return;
  if (!data.feature_names.empty())
    return data.notes.push_back(file->filename().string() + " gives way to the names in the header of the features");
  TextTable table(*file, TextTable::Cut::lines);
  std::vector<std::string> names;
  while (table.next())
    names.emplace_back(table.row().empty() ? std::string_view{} : table.row()[0]);
  const std::size_t count = names.size();
  const auto width = static_cast<std::size_t>(data.feature_count());
  if (count < width)
    refuse_file(*file, "",
                "got " + std::to_string(count) + " names, want one for each of the " + std::to_string(width) +
                    " features, a line each");
  std::vector<Index> columns(count, -1);
  std::iota(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(width), Index{0});
  if (count > width) data = with_columns(std::move(data), columns);
  data.feature_names = std::move(names);
}

/// Rows for blank lines at the end of a file of one column: nodes without a label, with a note.
void add_blank_end(NodeTable& table, const NodeIds& ids, Dataset& data) {
  if (table.columns.size() != 1) return;
  const Index added = std::min(table.text->text().blank_end(), ids.nodes() - table.rows());
  if (added <= 0) return;
  for (Index n = 0; n < added; ++n) {
    table.line.push_back(table.line.empty() ? 1 : table.line.back() + 1);
    table.columns[0].text.emplace_back();
  }
  data.notes.push_back(table.name() + ": " + counted(added, "empty line") + " at the end" + is_or_are(added) +
                       " taken for " + (added == 1 ? "a node" : "nodes") + " without a label, since " + ids.counted() +
                       " has " + counted(ids.nodes(), "node"));
}

/// The numbers of a table's columns of a role, by node; without such columns nothing.
std::optional<LabelReading> read_values(const NodeTable& table, const NodeIds& ids, Role role) {
  std::vector<const NodeColumn*> columns;
  LabelReading read;
  for (const NodeColumn& column : table.columns)
    if (column.role == role) {
      columns.push_back(&column);
      read.class_names.emplace_back(column.name);
    }
  if (columns.empty()) return std::nullopt;
  if (std::ranges::any_of(read.class_names, [](const std::string& name) { return name.empty(); }))
    read.class_names = numbered_classes(std::ssize(columns));
  const std::vector<Node> node = ids.nodes_of(table, true);
  read.targets = Tensor::filled(ids.nodes(), std::ssize(columns), std::numeric_limits<Real>::quiet_NaN());
  std::vector<Rounding> rounding(columns.size());
  for (std::size_t row = 0; row < node.size(); ++row)
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::string_view field = columns[c]->text[row];
      const auto truth = truth_value(field);
      const auto number = truth ? std::optional<double>(*truth ? 1 : 0) : table.text->value(field, table.line[row]);
      if (is_missing(field) || (number && std::isnan(*number))) continue;
      if (!finite_real(number))
        table.text->text().refuse(table.line[row], "got " + in_quotes(field) +
                                                       (is_marked_number(field) ? no_marks : ", want a finite number"));
      read.targets(node[row], static_cast<Index>(c)) = rounding[c].kept(*number, field);
    }
  table.text->marks().refuse_both(table.file);
  for (std::size_t c = 0; c < columns.size(); ++c)
    rounding[c].note(table.name() + (columns[c]->name.empty() ? "" : ": " + std::string(columns[c]->name)), read.notes);
  return read;
}

/// Columns of values as targets; false when the table has none.
bool read_targets(const NodeTable& table, const NodeIds& ids, Dataset& data) {
  std::optional<LabelReading> read = read_values(table, ids, Role::value);
  if (!read) return false;
  set_targets(table.file.string(), std::move(read->targets), std::move(read->class_names), data, table.task);
  data.notes.insert(data.notes.end(), read->notes.begin(), read->notes.end());
  return true;
}

/// Sets the labels of a table's column.
void set_column(const NodeTable& table, const NodeColumn& labels, const NodeIds& ids, Dataset& data) {
  std::vector<std::string_view> of_node(data.labels.size());
  LabelColumn column{.file = table.file,
                     .texts = of_node,
                     .decimal_commas = table.text->decimal_commas(),
                     .commas_may_part = !table.text->has_room_for_commas(),
                     .marks = &table.text->marks()};
  column.lines.resize(of_node.size());
  const std::vector<Node> node = ids.nodes_of(table, true);
  for (std::size_t row = 0; row < node.size(); ++row) {
    of_node[static_cast<std::size_t>(node[row])] = labels.text[row];
    column.lines[static_cast<std::size_t>(node[row])] = table.line[row];
  }
  if (const Index left = ids.nodes() - std::ssize(node); left > 0)
    data.notes.push_back(counted(left, "node") + has_or_have(left) + " no line in " + table.name() + " and no label");
  if (table.task == LabelKind::several)
    set_several_labels(column, data);
  else
    set_labels(column, data);
  if (data.label_kind == LabelKind::real && data.classes() == 1 && !labels.name.empty())
    data.class_names = {std::string(labels.name)};
  for (LabelReading& reading : data.other_readings)
    if (reading.kind == LabelKind::real && !labels.name.empty()) reading.class_names = {std::string(labels.name)};
  std::optional<LabelReading> bits = read_values(table, ids, Role::indicator);
  if (!bits) return;
  bits->kind = LabelKind::several;
  without_minus_ones(bits->targets);
  data.other_readings.push_back(std::move(*bits));
}

constexpr std::size_t small_table = 64;  // of more columns, as of a vocabulary, such names are words as others

/// Says which columns of features may be the label; empty for none.
std::string hint_of_label(const std::vector<std::string>& features) {
  std::vector<std::string> names;
  std::ranges::copy_if(features, std::back_inserter(names), may_be_label);
  if (names.empty()) return {};
  return joined(names) + (names.size() == 1 ? " is read as a feature" : " are read as features") +
         ": where it is the label, name it label";
}

/// " (column y)", where a header names the column.
std::string in_brackets(const NodeColumn& labels) {
  return labels.name.empty() ? "" : " (column " + joined({std::string(labels.name)}) + ")";
}

/// The labels of the first table that has some: labels.*, nodes.*, features.*.
void read_labels(NodeFiles& read, const NodeIds& ids, Dataset& data) {
  data.labels.assign(static_cast<std::size_t>(ids.nodes()), -1);
  std::string source;
  if (read.labels) add_blank_end(*read.labels, ids, data);
  for (const std::optional<NodeTable>* table : {&read.labels, &read.names, &read.features}) {
    const NodeColumn* labels = *table ? (*table)->column(Role::label) : nullptr;
    if (labels == nullptr && *table && source.empty() && read_targets(**table, ids, data)) source = (*table)->name();
    if (labels == nullptr) continue;
    if (!source.empty()) {
      data.notes.push_back("the labels of " + (*table)->name() + in_brackets(*labels) + " give way to " + source);
      continue;
    }
    source = (*table)->name();
    if (table != &read.labels && !labels->name.empty())
      data.notes.push_back("labels: column " + joined({std::string(labels->name)}) + " of " + source);
    set_column(**table, *labels, ids, data);
  }
  if (read.labels && read.labels->task && data.label_kind != *read.labels->task)
    refuse_file(read.labels->file, "",
                std::string("the comment # task: says otherwise than the labels, which are ") +
                    (data.label_kind == LabelKind::real      ? "real numbers: want # task: regression"
                     : data.label_kind == LabelKind::several ? "several of a node: want # task: multi-label"
                                                             : "one class of each node: want # task: classification"));
  if (read.svmlight && !read.svmlight->labels.empty()) {
    if (source.empty())
      set_labels({.file = *read.features_file, .texts = read.svmlight->labels, .minus_one = MinusOne::a_class}, data);
    else
      data.notes.push_back("the labels of " + read.features_file->filename().string() + " give way to " + source);
  }
  const std::string hint = hint_of_label(data.feature_names);
  if (data.classes() == 0) {
    data.no_labels_note = "no node has a label: labels.txt would give them, a line for each node, or a column label" +
                          (hint.empty() ? "" : "; " + hint);
    data.notes.push_back(data.no_labels_note);
  } else if (!hint.empty() && data.feature_names.size() <= small_table) {
    data.notes.push_back(hint);
  }
}

/// Returns the names of the files of masks without ids.
std::vector<std::string> read_splits(const NodeFiles& read, const NodeIds& ids, TextFolder& files, Dataset& data) {
  SplitFiles splits(ids, data);
  for (const std::optional<NodeTable>* table : {&read.split, &read.labels, &read.names, &read.features})
    if (*table) splits.add_columns(**table, ids.nodes_of(**table, true));
  splits.add_masks_and_lists(files);
  return splits.without_ids();
}

void take_notes(const NodeFiles& read, Dataset& data) {
  for (const std::optional<NodeTable>* table : {&read.features, &read.names, &read.labels, &read.split})
    if (*table) data.notes.insert(data.notes.end(), (*table)->notes.begin(), (*table)->notes.end());
}

/// The tables of features or labels that have a row with an id for each node, and not in the nodes' order.
std::vector<std::string> in_other_order(const NodeFiles& read, const NodeIds& ids) {
  std::vector<std::string> names;
  for (const std::optional<NodeTable>* table : {&read.features, &read.labels})
    if (*table && (*table)->column(Role::id) != nullptr && (*table)->rows() == ids.nodes() &&
        !std::ranges::is_sorted(ids.nodes_of(**table, true)))
      names.push_back((*table)->name());
  return names;
}

/// Says how the rows of tables without ids are taken, where another table has ids that could be meant otherwise;
/// `masks` are files without ids, too.
void note_order(const NodeFiles& read, const NodeIds& ids, const std::vector<std::string>& masks, Dataset& data) {
  std::vector<std::string> without;
  if (read.svmlight) without.push_back(read.features_file->filename().string());
  for (const std::optional<NodeTable>* table : {&read.features, &read.labels, &read.split})
    if (*table && (*table)->column(Role::id) == nullptr) without.push_back((*table)->name());
  without.insert(without.end(), masks.begin(), masks.end());
  if (without.empty()) return;
  const std::vector<std::string> others = in_other_order(read, ids);
  if (others.empty() && !ids.order_is_a_tables()) return;
  data.notes.push_back(joined(without) + (without.size() == 1 ? " has" : " have") + " no ids: the lines are taken " +
                       ids.order() + (others.empty() ? "" : ", not in the order of " + joined(others)));
}

void note_unread(const TextFolder& files, Dataset& data) {
  if (const std::string unread = files.unread(); !unread.empty())
    data.notes.push_back(unread +
                         ": known names are edges, features, feature_names, labels, nodes, split, train_mask, train …");
}

}  // namespace

bool is_plain_text(const fs::path& folder) {
  TextFolder files(folder);
  return edges_in(files).has_value();
}

Dataset read_plain_text(const fs::path& folder) {
  TextFolder files(folder);
  const auto edges = edges_in(files);
  if (!edges) refuse_file(folder, "", "there are no edges: want edges.txt, edges.csv or edges.tsv, a line for each");
  Dataset data;
  data.name = whole_path(folder).filename().string();
  data.format = "plain";
  NodeFiles read(files);
  take_notes(read, data);
  if (auto ids = read.ids()) {
    const auto counts = [](const std::optional<NodeTable>& table) { return table && table->counted_header; };
    EdgeTable table(*edges, *ids, counts(read.features) || counts(read.labels));
    if (table.counts_from_one()) ids->count_from_one(edges->filename().string());
    data.node_names = ids->names();
    set_features(read, *ids, data);
    read_feature_names(files, data);
    read_labels(read, *ids, data);
    table.set(data);
    note_order(read, *ids, read_splits(read, *ids, files, data), data);
  } else {
    read_bare_edges(*edges, data);
    data.features = Tensor(data.nodes(), 0);
    data.labels.assign(static_cast<std::size_t>(data.nodes()), -1);
    data.notes.emplace_back("there are no features and no labels: a graph alone");
  }
  note_unread(files, data);
  return data;
}

constinit const Format formats::plain_text{
    .wants = "a folder with edges.txt and features.svmlight or features.csv",
    .is =
        [](const fs::path& path) {
          if (!is_folder(path))
            return path.stem() == "edges" && path.has_extension() && is_plain_text(path.parent_path());
          TextFolder files(path);
          return edges_in(files) || features_in(files);
        },
    .read =
        [](const fs::path& path) {
          if (is_folder(path)) return read_plain_text(path);
          Dataset data = read_plain_text(path.parent_path());
          data.notes.push_back(path.filename().string() + ": the folder in which it lies is read, " + data.name + "/");
          return data;
        },
    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
      if (!is_folder(entry) || !is_plain_text(entry)) return std::nullopt;
      return NamedDataset{entry.filename().string(), entry};
    },
    .tables = table_names::all,
    .reads = [](const fs::path& folder,
                const std::string& file) { return TextFolder(folder).has_name(file, table_names::all); }};

}  // namespace mercer
