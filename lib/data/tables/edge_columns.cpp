#include "data/tables/edge_columns.hpp"

#include <algorithm>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/tables/column_names.hpp"
#include "data/tables/end_columns.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

bool names_ids(std::string_view name) {
  return is_among(lower_case(name), {"id", "~id", "ids", "edge_id", "edgeid", "edge", "index", "unnamed: 0"});
}

/// Whole numbers under such a name are codes: 3 is no more than 1.
bool names_codes(std::string_view name) {
  return is_among(lower_case(name), {"type", "edge_type", "relation", "rel", "label", "class", "category", "kind"});
}

std::string few_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  if (names.size() <= most) return joined(names);
  return joined({names.begin(), names.begin() + most}) + " and " + std::to_string(names.size() - most) + " more";
}

}  // namespace

bool is_direction(std::string_view field) {
  const std::string word = lower_case(field);
  return word == "directed" || word == "undirected";
}

namespace {

/// Does an arc run from its tail to its head? In triples of knowledge graphs the head is the source.
bool runs_from_tail(const Fields& header, std::size_t tail, std::size_t head) {
  const auto names_relation = [](std::string_view name) {
    return names_codes(name) || is_among(lower_case(name), {"predicate", "relation_id", "rel_id", "r"});
  };
  return tail < head && lower_case(header[tail]) == "tail" && lower_case(header[head]) == "head" &&
         std::ranges::none_of(header, names_relation);
}

}  // namespace

EdgeColumns named_columns(TextTable& table, const Fields& header) {
  EdgeColumns columns;
  columns.count = header.size();
  const std::size_t index = header[0].empty() || lower_case(header[0]) == "unnamed: 0" ? 1 : 0;
  for (std::size_t c = index; c < header.size(); ++c) {
    const Role role = role_in_edges(header[c]);
    if (role == Role::weight && !columns.weight) columns.weight = c;
    if (role == Role::direction && !columns.direction) columns.direction = c;
  }
  const EndColumns ends = end_columns(table, header, index);
  columns.source = ends.source;
  columns.target = ends.target;
  columns.has_sure_ends = ends.known;
  if (ends.known && runs_from_tail(header, ends.target, ends.source)) {
    std::swap(columns.source, columns.target);
    columns.has_sure_ends = false;
  }
  const bool is_counted = counts_columns(header);  // such names say nothing
  for (std::size_t c = index; c < header.size(); ++c)
    if (c != columns.source && c != columns.target && c != columns.weight && c != columns.direction)
      columns.others.emplace_back(c, header[c].empty() || is_counted ? std::to_string(c + 1) : std::string(header[c]));
  return columns;
}

void guess_weight(TextTable& table, EdgeColumns& columns) {
  const std::vector<Fields> rows = table.first_rows();
  const std::size_t last = std::max(columns.source, columns.target) + 1;
  if (columns.weight || rows.empty() || columns.count != last + 1 || rows[0].size() <= last) return;
  if (columns.others.size() != 1 || columns.others[0].second != std::to_string(last + 1)) return;
  if (!table.number(rows[0][last])) return;
  columns.weight = last;
  columns.others.clear();
}

bool can_be_edge_feature(std::string_view name) {
  return !name.empty() && trimmed(name) == name && name.find_first_of("\r\n") == std::string_view::npos &&
         role_in_edges(name) == Role::other && !names_ids(name) && !names_codes(name);
}

EdgeFeatureColumns::EdgeFeatureColumns(const std::vector<std::pair<std::size_t, std::string>>& columns) {
  for (const auto& [at, name] : columns)
    if (names_ids(name))
      ids_.push_back(name);
    else if (std::ranges::find(columns_, name, &Column::name) == columns_.end())
      columns_.push_back({.at = at, .name = name});
    else
      columns_.push_back({.at = at, .name = name + "." + std::to_string(at + 1)});
}

void EdgeFeatureColumns::read_row(TextTable& table) {
  for (Column& column : columns_)
    read(table, column);
}

void EdgeFeatureColumns::read(TextTable& table, Column& column) {
  const std::string_view field = table.row()[column.at];
  const std::optional<double> value = table.value(field);
  std::optional<Real> number = finite_real(value);
  if (number) number = column.rounding.kept(*value, field);
  if (const auto truth = truth_value(field)) number = Real(*truth ? 1 : 0);
  column.number.push_back(number.value_or(0));
  const bool missing = is_missing(field);
  if (!number && column.no_number == 0) {
    column.no_number = table.line();
    column.got = in_quotes(field);
  }
  const bool marked =
      !number && !column.has_word &&  // beside words a mark is a word, too
      (has_thousands(field) || may_have_thousands(field) || is_marked_number(field) || is_list_of_numbers(field));
  if (marked && column.marked == 0) {
    column.marked = table.line();
    column.marked_text = field;
    file_ = table.text().path();
  }
  column.missing += missing ? 1 : 0;
  column.has_number |= number.has_value();
  column.has_word |= !number && !missing && !marked;
  if (!column.has_many_words) add_word(column, missing && field != "-" ? std::string_view{} : field);
}

void EdgeFeatureColumns::add_word(Column& column, std::string_view field) {
  auto found = column.words.find(field);
  if (found == column.words.end() && !field.empty() && column.words.size() <= most_words)  // - may be none
    found = column.words.emplace(field, static_cast<std::uint8_t>(column.words.size())).first;
  column.has_many_words = found == column.words.end() && !field.empty();
  if (column.has_many_words)
    column.code = {};
  else
    column.code.push_back(field.empty() ? no_word : found->second);
}

bool EdgeFeatureColumns::is_words(const Column& column) {
  if (!names_codes(column.name)) return column.has_word && !column.has_number;
  return column.has_word ||
         std::ranges::all_of(column.words, [](const auto& word) { return whole_number(word.first).has_value(); });
}

std::string EdgeFeatureColumns::why_not(const Column& column) {
  if (column.words.empty()) return "it is empty";
  const std::string most = std::to_string(most_words);
  if (is_words(column)) return column.has_many_words ? "it has more than " + most + " different words" : "";
  if (column.no_number == 0) return "";
  return "line " + std::to_string(column.no_number) + " has no number: want one in each line, or up to " + most +
         " different words; got " + column.got +
         (column.has_word ? "" : ": write a value for what is missing (0, or the mean of the column)");
}

/// Beside + a - is a sign, and else it stands for a missing word.
void EdgeFeatureColumns::settle_dashes(Column& column) {
  if (column.words.contains("+") && column.words.contains("-"))
    column.missing -= std::ranges::count(column.code, column.words.find("-")->second);
  else
    column.words.erase("-");
  column.has_many_words = column.has_many_words || column.words.size() > most_words;
}

/// Throws FileError at a number with a mark or a list, unless words stand beside it.
void EdgeFeatureColumns::refuse_marked(const Column& column) const {
  if (column.marked == 0 || column.has_word) return;
  refuse_file(file_, "line " + std::to_string(column.marked),
              "column " + column_of(column.at, column.name) + ": got " + in_quotes(column.marked_text) +
                  (is_list_of_numbers(column.marked_text) ? no_lists
                   : is_marked_number(column.marked_text) ? no_marks
                                                          : no_thousands));
}

void EdgeFeatureColumns::finish(Index rows, Dataset& data) {
  if (!ids_.empty()) notes_.push_back("columns of edges are left out: " + joined(ids_));
  std::vector<std::vector<Real>> values;
  for (Column& column : columns_) {
    refuse_marked(column);
    settle_dashes(column);
    if (const std::string why = why_not(column); !why.empty()) {
      notes_.push_back("columns of edges are left out: " + column.name + "; " + why);
      continue;
    }
    if (!is_words(column)) {
      column.rounding.note("column " + column_of(column.at, column.name), notes_);
      data.edge_feature_names.push_back(column.name);
      values.push_back(std::move(column.number));
      continue;
    }
    if (column.missing > 0)
      notes_.push_back("column " + column_of(column.at, column.name) + ": " + std::to_string(column.missing) +
                       " edges have no word; their features of it are 0: write a word, such as unknown, to tell them");
    for (const auto& [word, code] : column.words) {
      data.edge_feature_names.push_back(column.name + "=" + word);
      values.emplace_back();
      for (const std::uint8_t own : column.code)
        values.back().push_back(own == code ? Real(1) : Real(0));
    }
  }
  if (values.empty()) return;
  data.edge_features = Tensor(rows, std::ssize(values));
  for (std::size_t c = 0; c < values.size(); ++c)
    for (std::size_t e = 0; e < values[c].size(); ++e)
      data.edge_features(static_cast<Index>(e), static_cast<Index>(c)) = values[c][e];
  notes_.push_back("further columns are features of the edges: " + few_of(data.edge_feature_names));
}

}  // namespace mercer
