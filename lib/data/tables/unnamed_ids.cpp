#include "data/tables/unnamed_ids.hpp"
#include "data/tables/part_names.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "data/tables/node_header.hpp"
#include "data/tables/node_ids.hpp"
#include "data/tables/part_names.hpp"

namespace mercer {
namespace {

/// Does each of the first fields follow the number before it?
bool starts_in_order(TextTable& table) {
  std::optional<std::int64_t> before;
  bool in_order = true;
  for (table.rewind(); in_order && table.next();) {
    const auto id = table.row().empty() ? std::nullopt : whole_number(table.row()[0]);
    in_order = id && (!before || *id == *before + 1);
    before = id;
  }
  table.rewind();
  return in_order;
}

using Words = std::unordered_set<std::string_view>;

bool all_differ_and(const std::vector<std::string_view>& text, const auto& is_id) {
  Words found;
  return std::ranges::all_of(text, [&](std::string_view field) { return is_id(field) && found.insert(field).second; });
}

/// Is the column not known by its name? A label may be called so and hold words of its own, too.
bool is_unknown(const NodeColumn& column, bool header) {
  return header && role_in_nodes(column.name) == Role::other && part_named(column.name) == PartWord::unknown;
}

/// Does the column hold the ids of the other table?
bool holds_ids_of(const NodeColumn& column, const NodeTable& other) {
  constexpr std::size_t few_ids = 3;
  const NodeColumn* ids = other.column(Role::id);
  if (ids == nullptr || column.text.size() < few_ids) return false;
  const Words known(ids->text.begin(), ids->text.end());
  return all_differ_and(column.text, [&](std::string_view field) { return known.contains(field); });
}

bool are_numbers_in_disorder(const std::vector<std::string_view>& text) {
  constexpr std::size_t enough_ids = 10;  // fewer numbers may be so by chance
  return text.size() >= enough_ids && first_of_numbers(text) && !std::ranges::is_sorted(text, {}, whole_number);
}

/// Then every column of numbers is a label.
bool tells_task(const TextTable& table) {
  return std::ranges::any_of(table.comments(), [](const auto& comment) { return task_in(comment.text).has_value(); });
}

/// Does the first column of a table of splits hold words that are no parts, each its own?
bool names_rows_of_split(const NodeTable& read) {
  const std::vector<std::string_view>& words = read.columns[0].text;
  const auto is_no_part = [](std::string_view field) { return part_in(field) == PartWord::unknown; };
  return read.columns[0].role == Role::split && std::ranges::any_of(words, is_no_part) &&
         all_differ_and(words, [](std::string_view field) { return !is_missing(field); });
}

}  // namespace

const char* why_first_is_id(TextTable& table, bool of_another, bool named) {
  if (of_another) return "holds the ids of another table";
  if (starts_with_ids(table) && !(named && starts_in_order(table))) return "counts the nodes";
  return starts_with_names(table, named) ? "holds a word of its own in each row" : nullptr;
}

void find_ids(NodeTable& read, bool header, const NodeTable* other) {
  if (read.column(Role::id) != nullptr || read.columns.size() < 2 || read.line.empty()) return;
  const auto take = [&](NodeColumn& column, const std::string& why) {
    column.role = Role::id;
    read.notes.push_back(read.name() + ": column " + std::string(column.name) + " holds " + why +
                         " and is read as ids");
  };
  for (NodeColumn& column : read.columns)
    if (is_unknown(column, header) && other != nullptr && holds_ids_of(column, *other))
      return take(column, "the ids of " + other->name());
  for (NodeColumn& column : read.columns)
    if (is_unknown(column, header) && plain_name(column.name).ends_with("id") && are_numbers_in_disorder(column.text) &&
        !tells_task(*read.text))
      return take(column, "the number of each node");
  NodeColumn& first = read.columns[0];
  if (!is_unknown(first, header)) return;
  const bool numbers = are_numbers_in_disorder(first.text) && !tells_task(*read.text);
  if (numbers || names_rows_of_split(read)) take(first, numbers ? "the number of each node" : "another id in each row");
}

}  // namespace mercer
