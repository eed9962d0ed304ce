#include "data/tables/node_labels.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/tables/part_names.hpp"

namespace mercer {
namespace {

enum class Bit { zero, one, unknown, none };

/// 0, 1, or unknown: −1 or missing; none for others.
Bit bit(std::string_view field) {
  if (const auto truth = truth_value(field)) return *truth ? Bit::one : Bit::zero;
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
      const auto number = table.may_be_number(field);
      if (!number && !is_missing(field) && !truth_value(field)) return false;
      broken = broken || (number && std::isfinite(*number) && *number != std::trunc(*number));
    }
  if (!broken) return false;
  for (const NodeColumn* column : columns)  // they are numbers indeed, and so are those with decimal commas
    for (const std::string_view field : column->text)
      table.number(field);
  return true;
}

/// What a comment at the top says of the labels, as data convert writes it.
std::optional<LabelKind> stated_task(const TextTable& table) {
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

bool holds_numbers(const NodeColumn& column, TextTable& table) {
  return std::ranges::all_of(
      column.text, [&](std::string_view field) { return bit(field) != Bit::none || table.may_be_number(field); });
}

void note_truth_values(const std::vector<NodeColumn*>& columns, NodeTable& read) {
  const auto holds_truth = [](const NodeColumn* column) {
    return std::ranges::any_of(column->text, [](std::string_view field) { return truth_value(field).has_value(); });
  };
  if (std::ranges::any_of(columns, holds_truth))
    read.notes.push_back(read.name() + ": True and False in columns of labels are read as 1 and 0");
}

/// Throws FileError at the first number with a mark, as 10%.
void refuse_marked_numbers(const std::vector<NodeColumn*>& columns, const NodeTable& read) {
  for (const NodeColumn* column : columns)
    if (const auto found = std::ranges::find_if(column->text, is_marked_number); found != column->text.end())
      read.text->text().refuse(read.line[static_cast<std::size_t>(found - column->text.begin())],
                               (column->name.empty() ? "" : "column " + std::string(column->name) + ": ") + "got " +
                                   in_quotes(*found) + no_marks);
}

void note_left_out(const std::vector<NodeColumn*>& columns, NodeTable& read) {
  if (columns.empty()) return;
  std::vector<std::string> names;
  for (const NodeColumn* column : columns)
    names.emplace_back(column->name);
  read.notes.push_back(read.name() + ": columns beside the label are left out: " + joined(names));
}

/// Where a comment tells the task, every column of numbers counts, whatever its name.
void join_numbers(std::vector<NodeColumn*>& labels, std::vector<NodeColumn*>& others, TextTable& table) {
  std::vector<NodeColumn*> words;
  for (NodeColumn* column : others)
    (holds_numbers(*column, table) ? labels : words).push_back(column);
  others = std::move(words);
}

}  // namespace

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
  read.task = stated_task(*read.text);
  const bool of_values = read.task == LabelKind::several || read.task == LabelKind::real;
  if (header && of_values) join_numbers(labels, others, *read.text);
  const bool one_bit = header && read.task == LabelKind::several && labels.size() == 1 && all_bits(labels, read);
  const bool several = read.task == LabelKind::several && (labels.size() > 1 || one_bit);
  if (several || read.task == LabelKind::real) {
    for (NodeColumn* column : labels)
      column->role = Role::value;
    note_truth_values(labels, read);
    note_left_out(others, read);
    return;
  }
  if (labels.size() > 1) note_truth_values(labels, read);
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
    refuse_marked_numbers(labels, read);
    refuse_file(read.file, "",
                "got " + std::to_string(labels.size()) +
                    " columns, want one label of each node, a header that names one of them label, or "
                    "two columns id,label");
  } else if (!labels.empty()) {
    labels[0]->role = Role::label;
    note_left_out(others, read);
  }
}

void drop_label_of_names(NodeTable& read) {
  constexpr Index few_rows = 3;
  for (NodeColumn& column : read.columns) {
    const auto is_word = [&](std::string_view field) { return !is_missing(field) && !read.text->may_be_number(field); };
    if (column.role != Role::label || lower_case(column.name) != "label" || read.rows() < few_rows) continue;
    if (!std::ranges::all_of(column.text, is_word) || !all_differ(column.text)) continue;
    column.role = Role::other;
    read.notes.push_back(read.name() + ": the column " + std::string(column.name) +
                         " holds a name of each node, as Gephi writes it, and is no label");
  }
}

void settle_splits(NodeTable& read, bool header) {
  if (header || read.columns.size() < 2 || read.columns[0].text.empty()) return;
  const auto is_id = [](std::string_view text) { return part_in(text) == PartWord::unknown; };
  if (std::ranges::any_of(read.columns[0].text, is_id)) read.columns[0].role = Role::id;
}

namespace {

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

/// Does the separator cut nine rows of ten, or of few rows all but one, into an id of their own and as many other
/// fields, of which one is a word?
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
  const bool most = rows < 10 ? rows > 3 && cut + 1 >= rows : 10 * cut >= 9 * rows;
  return most && has_words;
}

/// Separates rows there. Throws FileError where quotes hold the whole first row.
void separate_labels(TextTable& table, char separator) {
  table.separate_at(separator);
  if (table.first_rows()[0].size() > 1) return;
  while (table.next() && table.row().empty()) {
  }
  table.refuse("the quotes hold the whole line " + in_quotes(table.row()[0]) +
               ", want them around single fields, or none");
}

}  // namespace

void find_columns_of_labels(TextTable& table) {
  const std::vector<Fields> rows = table.first_rows();
  if (rows.empty() || rows[0].size() != 1) return;
  for (const char separator : {',', ';', '\t', '|'}) {
    const Fields first = fields_at(separator, rows[0][0]);
    const auto known =
        std::ranges::count_if(first, [](std::string_view field) { return role_in_nodes(field) != Role::other; });
    if (first.size() > 1 && (known > 1 || cuts_most_rows(table, separator, first.size())))
      return separate_labels(table, separator);
  }
}

}  // namespace mercer
