#include "data/tables/node_table.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "data/assemble.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/tables/node_header.hpp"

namespace mercer {
namespace {

/// A column as it is read: words, or the next column of features.
struct Plan {
  Role role;
  std::string_view name;
  bool is_feature;
};

TextTable::Cut cut_of(Holds holds) {
  if (holds == Holds::labels) return TextTable::Cut::labels;
  return holds == Holds::names ? TextTable::Cut::lines : TextTable::Cut::columns;
}

/// y is the label unless it stands beside x, as a coordinate.
Role role_beside(const Fields& header, std::size_t c) {
  const auto named = [](const char* name) { return [=](std::string_view field) { return lower_case(field) == name; }; };
  if (lower_case(header[c]) == "y" && std::ranges::any_of(header, named("x"))) return Role::other;
  return c == 0 && header[c].empty() ? Role::id : role_in_nodes(header[c]);
}

/// Fields at a separator, without quotes.
Fields fields_at(char separator, std::string_view line) {
  Fields fields;
  for (std::size_t first = 0; first <= line.size();) {
    const std::size_t end = std::min(line.find(separator, first), line.size());
    fields.push_back(trimmed(line.substr(first, end - first)));
    first = end + 1;
  }
  return fields;
}

/// Does the separator cut nine rows of ten into an id of their own and as many other fields, of which one is a word?
bool cuts_most_rows(TextTable& table, char separator, std::size_t width) {
  std::unordered_set<std::int64_t> ids;
  std::size_t rows = 0, cut = 0;
  bool has_words = false;
  for (table.rewind(); table.next();) {
    if (table.row().empty()) continue;
    ++rows;
    const Fields fields = fields_at(separator, table.row()[0]);
    const auto id = whole_number(fields[0]);
    if (fields.size() != width || !id || !ids.insert(*id).second) continue;
    ++cut;
    has_words = has_words || std::any_of(fields.begin() + 1, fields.end(), [](std::string_view field) {
                  return !real_number(field) && !is_missing(field);
                });
  }
  table.rewind();
  return rows >= 10 && 10 * cut >= 9 * rows && has_words;
}

/// Rows of labels are whole lines where they differ in their number of separators. Where a header of several known
/// names, or most rows, show the separator, rows are cut at it, and the one that differs is refused by its line.
void find_columns_of_labels(TextTable& table) {
  const std::vector<Fields> rows = table.first_rows();
  if (rows.empty() || rows[0].size() != 1) return;
  for (const char separator : {',', ';', '\t'}) {
    const Fields first = fields_at(separator, rows[0][0]);
    const auto known =
        std::ranges::count_if(first, [](std::string_view field) { return role_in_nodes(field) != Role::other; });
    if (first.size() > 1 && (known > 1 || cuts_most_rows(table, separator, first.size())))
      return table.separate_at(separator);
  }
}

std::vector<Plan> plan_by_header(TextTable& table, Holds holds, const Fields& header, NodeTable& read) {
  const std::vector<Fields> rows = table.first_rows();
  std::vector<Plan> plan;
  const bool counted = counts_columns(header);
  read.counted_header = counted;
  std::vector<std::string> ignored, labels;
  for (std::size_t c = 0; c < header.size(); ++c) {
    Role role = counted && !header[c].empty() ? Role::other : role_beside(header, c);
    const auto is_number = [&] {
      return rows.empty() || c >= rows[0].size() || table.number(rows[0][c]).has_value() || truth_value(rows[0][c]);
    };
    const bool number = role == Role::other && holds == Holds::names && is_number();
    const bool feature = role == Role::other && (holds == Holds::features || number);
    if (role == Role::other && holds == Holds::splits) role = Role::split;
    if (role == Role::other && holds == Holds::masks) role = Role::train_mask;
    if (role == Role::other && holds == Holds::names && !number) ignored.emplace_back(header[c]);
    if (role == Role::label) labels.emplace_back(header[c]);
    plan.push_back({role, counted ? std::string_view{} : header[c], feature});
  }
  if (labels.size() > 1 && holds != Holds::labels) {  // of a file of labels alone all columns count
    const std::string taken = labels.front();
    labels.erase(labels.begin());
    read.notes.push_back(read.name() + ": columns beside the label " + taken + " are left out: " + joined(labels));
  }
  if (!ignored.empty()) read.notes.push_back(read.name() + ": columns of words are left out: " + joined(ignored));
  return plan;
}

/// Roles by the kind of file; a table of features may begin with ids.
std::vector<Plan> plan_without_header(TextTable& table, Holds holds, NodeTable& read) {
  static constexpr Role usual[] = {Role::other, Role::label, Role::id, Role::split, Role::train_mask};
  const std::vector<Fields> rows = table.first_rows();
  const std::size_t width = rows.empty() ? 0 : rows[0].size();
  std::vector<Plan> plan(width, Plan{usual[static_cast<int>(holds)], "", holds == Holds::features});
  if (holds == Holds::names && width > 1)
    refuse_file(
        read.file, "",
        "got " + std::to_string(width) + " fields in a line, want the node's name alone, or a header such as id,label");
  if (holds == Holds::features && width > 1 && starts_with_ids(table)) {
    plan[0] = {Role::id, "", false};
    read.notes.push_back(read.name() + ": the first column counts the nodes and is read as their ids");
  }
  return plan;
}

/// A missing value of the features.
struct Missing {
  Index row, column;
};

/// Is the field a word for a missing value, or nan?
bool is_absent(TextTable& table, std::string_view field) {
  if (is_missing(field)) return true;
  const auto number = table.number(field);
  return number && std::isnan(*number);
}

/// Missing values become the most frequent of their column, as in GraphLand (Bazhenov et al., 2025).
Features imputed(const Features& features, const std::vector<Missing>& missing, NodeTable& read) {
  Tensor x = std::holds_alternative<Tensor>(features) ? std::get<Tensor>(features)
                                                      : std::get<SparseMatrix>(features).to_dense();
  std::map<Index, std::set<Index>> rows_of;  // by column
  for (const auto& [row, column] : missing)
    rows_of[column].insert(row);
  for (const auto& [column, rows] : rows_of) {
    std::map<Real, Index> count;
    for (Index i = 0; i < x.rows(); ++i)
      if (!rows.contains(i)) ++count[x(i, column)];
    const auto most = std::ranges::max_element(count, {}, [](const auto& of) { return of.second; });
    for (const Index i : rows)
      x(i, column) = most == count.end() ? Real(0) : most->first;
  }
  read.notes.push_back(read.name() + ": " + std::to_string(missing.size()) + " missing values in " +
                       std::to_string(rows_of.size()) +
                       " columns take the most frequent value of their column, as GraphLand's authors do");
  return in_fitting_form(SparseMatrix::from_dense(x));
}

/// Reads all rows of words and features.
void read_rows(TextTable& table, const std::vector<Plan>& plan, Holds holds, bool imputes, NodeTable& read) {
  SparseRows features;
  std::vector<Missing> missing;
  std::vector<Rounding> rounding(plan.size());
  const bool one_column = plan.size() == 1 && holds != Holds::features;
  for (const Plan& column : plan) {
    if (column.is_feature)
      read.feature_names.emplace_back(column.name);
    else
      read.columns.push_back({column.role, column.name, {}});
  }
  while (table.next()) {
    const Fields& row = table.row();
    const bool blank = one_column && row.empty();
    if (!blank && row.size() != plan.size())
      table.refuse("got " + std::to_string(row.size()) + " fields, want " + std::to_string(plan.size()) +
                   " as in the first line");
    for (std::size_t c = 0, word = 0, number = 0; c < plan.size(); ++c)
      if (plan[c].is_feature && imputes && is_absent(table, row[c]))
        missing.push_back({features.rows(), static_cast<Index>(number++)});
      else if (plan[c].is_feature)
        features.add(static_cast<Index>(number++), feature_value(table, c, plan[c].name, row[c], &rounding[c]));
      else
        read.columns[word++].text.push_back(blank ? std::string_view{} : row[c]);
    features.end_row();
    read.line.push_back(table.line());
  }
  for (std::size_t c = 0; c < plan.size(); ++c)
    rounding[c].note(read.name() + ": column " + column_of(c, plan[c].name), read.notes);
  const auto width = static_cast<Index>(read.feature_names.size());
  if (width > 0 || holds == Holds::features) read.features = features.take(width);
  if (!missing.empty()) read.features = imputed(*read.features, missing, read);
  if (std::ranges::all_of(read.feature_names, [](const std::string& name) { return name.empty(); }))
    read.feature_names.clear();
}

enum class Bit { zero, one, unknown, none };

/// 0, 1, or unknown: −1 or missing; none for others.
Bit bit(std::string_view field) {
  if (field == "0" || field == "0.0") return Bit::zero;
  if (field == "1" || field == "1.0") return Bit::one;
  return is_missing(field) || field == "-1" || field == "-1.0" ? Bit::unknown : Bit::none;
}

std::ptrdiff_t count_in_row(const std::vector<NodeColumn*>& columns, std::size_t row, Bit wanted) {
  return std::ranges::count_if(columns, [=](const NodeColumn* column) { return bit(column->text[row]) == wanted; });
}

/// Are all fields 0, 1 or unknown? Throws FileError where a part of a row is unknown.
bool all_bits(const std::vector<NodeColumn*>& columns, const NodeTable& read) {
  for (const NodeColumn* column : columns)
    if (std::ranges::any_of(column->text, [](std::string_view field) { return bit(field) == Bit::none; })) return false;
  for (std::size_t row = 0; row < read.line.size(); ++row) {
    const auto unknown = count_in_row(columns, row, Bit::unknown);
    if (unknown == 0 || unknown == std::ssize(columns)) continue;
    const auto first =
        std::ranges::find_if(columns, [&](const NodeColumn* column) { return bit(column->text[row]) == Bit::unknown; });
    read.text->text().refuse(read.line[row], "got " + in_quotes((*first)->text[row]) +
                                                 " beside labels of 0 and 1, want 0 or 1 in all of these columns, or "
                                                 "-1 or NA in all for a node without labels");
  }
  return true;
}

bool all_differ(const std::vector<std::string_view>& text) {
  return std::unordered_set<std::string_view>(text.begin(), text.end()).size() == text.size();
}

/// One-hot columns as one column of classes; a row of zeros has none.
NodeColumn classes_of(const std::vector<NodeColumn*>& hot, NodeTable& read) {
  static const std::vector<std::string> numbers = [] {
    std::vector<std::string> names;
    for (int c = 0; c < 4096; ++c)
      names.push_back(std::to_string(c));
    return names;
  }();
  if (hot.size() > numbers.size())
    refuse_file(read.file, "", "got " + std::to_string(hot.size()) + " columns of 0 and 1, want at most 4096");
  NodeColumn labels{Role::label, "", std::vector<std::string_view>(read.line.size())};
  for (std::size_t row = 0; row < read.line.size(); ++row)
    for (std::size_t c = 0; c < hot.size(); ++c) {
      if (bit(hot[c]->text[row]) != Bit::one) continue;
      labels.text[row] = hot[c]->name.empty() ? std::string_view(numbers[c]) : hot[c]->name;
    }
  return labels;
}

/// The number of rows of zeros.
Index rows_of_zeros(const std::vector<NodeColumn*>& bits, std::size_t rows) {
  Index count = 0;
  for (std::size_t row = 0; row < rows; ++row)
    count += count_in_row(bits, row, Bit::zero) == std::ssize(bits) ? 1 : 0;
  return count;
}

/// Has no row more than one 1?
bool is_one_hot(const std::vector<NodeColumn*>& bits, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row)
    if (count_in_row(bits, row, Bit::one) > 1) return false;
  return true;
}

/// Numbers or missing, and not all whole ones, which could be the classes of several questions.
bool are_targets(const std::vector<NodeColumn*>& columns, TextTable& table) {
  bool broken = false;
  for (const NodeColumn* column : columns)
    for (const std::string_view field : column->text) {
      const auto number = table.number(field);
      if (!number && !is_missing(field)) return false;
      broken = broken || (number && std::isfinite(*number) && *number != std::trunc(*number));
    }
  return broken;
}

/// What a comment at the top says of the labels, as data convert writes it.
std::optional<LabelKind> told_task(const TextTable& table) {
  for (const TextTable::Comment& comment : table.comments()) {
    const std::optional<std::string> word = task_in(comment.text);
    if (!word) continue;
    if (*word == "regression") return LabelKind::real;
    if (*word == "multi-label" || *word == "multilabel") return LabelKind::several;
    if (*word == "classification") return LabelKind::classes;
    table.text().refuse(comment.line, "got the task " + in_quotes(*word) +
                                          ", want # task: classification, # task: multi-label or # task: regression");
  }
  return std::nullopt;
}

/// Leaves one column of labels or columns of values, and one of ids at most.
void settle_labels(NodeTable& read, bool header) {
  std::vector<NodeColumn*> labels, others;
  for (NodeColumn& column : read.columns) {
    if (column.role == Role::label) labels.push_back(&column);
    if (column.role == Role::other) others.push_back(&column);
  }
  if (header && labels.empty()) labels.swap(others);
  if (labels.size() == 2 && !header && all_differ(labels[0]->text)) {
    labels[0]->role = Role::id;
    labels.erase(labels.begin());
  }
  read.task = told_task(*read.text);
  const bool several = read.task == LabelKind::several && labels.size() > 1;
  if (several || read.task == LabelKind::real) {
    for (NodeColumn* column : labels)
      column->role = Role::value;
    return;
  }
  const bool bits = labels.size() > 1 && all_bits(labels, read);
  if (bits && is_one_hot(labels, read.line.size())) {
    NodeColumn classes = classes_of(labels, read);
    const Index zeros = rows_of_zeros(labels, read.line.size());
    for (NodeColumn* column : labels)
      column->role = zeros > 0 ? Role::indicator : Role::other;
    if (zeros > 0)
      read.notes.push_back(
          read.name() + ": " + std::to_string(zeros) +
          " rows of zeros are nodes without a label; with --task multi-label, nodes with no label set");
    read.columns.push_back(std::move(classes));
  } else if (labels.size() > 1 && (bits || are_targets(labels, *read.text))) {
    for (NodeColumn* column : labels)
      column->role = Role::value;
  } else if (labels.size() > 1) {
    refuse_file(read.file, "",
                "got " + std::to_string(labels.size()) +
                    " columns, want one label of each node, a header that names one of them label, or "
                    "two columns id,label");
  } else if (!labels.empty()) {
    labels[0]->role = Role::label;
    if (!others.empty()) {
      std::vector<std::string> names;
      for (const NodeColumn* column : others)
        names.emplace_back(column->name);
      read.notes.push_back(read.name() + ": columns beside the label are left out: " + joined(names));
    }
  }
}

/// Columns with the name of a part are its mask. A split's file without a header begins with ids where its first words
/// are no parts.
void settle_splits(NodeTable& read, bool header) {
  for (NodeColumn& column : read.columns) {
    if (column.role == Role::id || column.role == Role::label) continue;
    const SplitPart part = part_named(column.name);
    if (part == SplitPart::train) column.role = Role::train_mask;
    if (part == SplitPart::validation) column.role = Role::validation_mask;
    if (part == SplitPart::test) column.role = Role::test_mask;
  }
  if (header || read.columns.size() < 2 || read.columns[0].text.empty()) return;
  const auto is_id = [](std::string_view text) { return part_named(text) == SplitPart::unknown; };
  if (std::ranges::any_of(read.columns[0].text, is_id)) read.columns[0].role = Role::id;
}

bool names_a_role(const Fields& header) {
  return std::ranges::any_of(header, [](std::string_view name) { return role_in_nodes(name) != Role::other; });
}

}  // namespace

const NodeColumn* NodeTable::column(Role role) const {
  const auto found = std::ranges::find(columns, role, &NodeColumn::role);
  return found == columns.end() ? nullptr : &*found;
}

NodeTable read_node_table(const std::filesystem::path& file, Holds holds, Index nodes) {
  return read_node_table(std::make_unique<TextTable>(file, cut_of(holds)), holds, nodes);
}

NodeTable read_node_table(std::unique_ptr<TextTable> text, Holds holds, Index nodes, bool imputes) {
  NodeTable read;
  read.file = text->text().path();
  read.text = std::move(text);
  TextTable& table = *read.text;
  if (holds == Holds::labels) find_columns_of_labels(table);
  const bool header = has_header(table, holds, nodes);
  std::vector<Plan> plan;
  if (header) {
    const Fields names = table.first_rows()[0];
    if (counts_columns(names))
      read.notes.push_back(read.name() + ": the first line counts the columns; it is a header, not a node");
    else if (holds != Holds::features && !names_a_role(names))
      read.notes.push_back(read.name() + ": the first line, " + joined({names.begin(), names.end()}) +
                           ", is a header: there is a line more than nodes");
    table.skip_first_row();
    plan = plan_by_header(table, holds, names, read);
  } else {
    plan = plan_without_header(table, holds, read);
  }
  read_rows(table, plan, holds, imputes, read);
  if (holds == Holds::labels) settle_labels(read, header);
  if (holds == Holds::splits) settle_splits(read, header);
  if (table.decimal_commas()) read.notes.push_back(read.name() + ": numbers have decimal commas; 0,5 is read as 0.5");
  return read;
}

}  // namespace mercer
