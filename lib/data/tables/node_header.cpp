#include "data/tables/node_header.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>
#include <utility>

#include "data/files/text_rows.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr Index enough_ids = 10;  // fewer numbers may be in order by chance

/// Rows, and whether the first row's first field occurs again below it.
struct Count {
  Index rows = 0;
  bool again = false;
};

Count first_fields(TextTable& table) {
  Count found;
  std::string_view first;
  table.rewind();
  while (table.next()) {
    const std::string_view field = table.row().empty() ? std::string_view{} : table.row()[0];
    found.again |= found.rows > 0 && field == first;
    if (found.rows++ == 0) first = field;
  }
  table.rewind();
  return found;
}

/// Is it no number, but made as one: 1.2.3, 1e400, 0x10, 1_000, --5? Not 1st, 10-20 or 2024-01-01, which are names.
bool is_broken_number(std::string_view text) {
  const auto drop_all = [&](std::string_view of) {
    const std::size_t rest = std::min(text.find_first_not_of(of), text.size());
    text.remove_prefix(rest);
    return rest > 0;
  };
  drop_all("+-");
  if (text.starts_with("0x") || text.starts_with("0X"))
    return text.find_first_not_of("0123456789abcdefABCDEF", 2) == text.npos;
  if (text.find_first_of("0123456789") > 1 || !drop_all("0123456789._,")) return false;
  if (text.empty()) return true;
  const bool is_exponent = text[0] == 'e' || text[0] == 'E' || (text.size() > 1 && (text[0] == 'd' || text[0] == 'D'));
  if (!is_exponent) return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  drop_all("0123456789");
  return text.empty();
}

/// Is the first row of words where the second holds numbers, or of words alone?
bool names_numbers(TextTable& table, const Fields& first, const Fields& second) {
  const auto is_name = [&](std::string_view field) { return is_word(table, field) && !is_broken_number(field); };
  bool all = !first.empty();
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (is_name(first[c]) && c < second.size() && !is_name(second[c])) return true;
    all = all && (is_name(first[c]) || first[c].empty());
  }
  return all && std::ranges::any_of(first, is_name);
}

/// Are two or more fields words, and none of those below?
bool stands_above_values(TextTable& table, const Fields& first, const Fields& second) {
  const auto is_name = [&](std::string_view field) { return is_word(table, field); };
  return first.size() > 1 && first.size() == second.size() && std::ranges::all_of(first, is_name) &&
         std::ranges::none_of(second, is_name);
}

bool features_have_header(TextTable& table, const Fields& first, const Fields& second) {
  if (names_numbers(table, first, second)) return true;
  if (!counts_columns(first)) return false;
  const bool whole =
      std::ranges::all_of(second, [](std::string_view field) { return whole_number(field).has_value(); });
  return first.size() > 2 || (first.size() == 2 && !whole);  // 0,1 may be a node's features
}

}  // namespace

bool is_word(TextTable& table, std::string_view field) {
  return !table.may_be_number(field) && !is_missing(field) && !truth_value(field) && !has_thousands(field) &&
         !may_have_thousands(field) && !is_marked_number(field) && !is_list_of_numbers(field);
}

bool has_header(TextTable& table, Holds holds, Index nodes) {
  const std::vector<Fields> rows = table.first_rows();
  if (rows.empty()) return false;
  const Fields& first = rows[0];
  if (first.size() > 1 && first[0].empty() && counts_columns(first)) return true;
  if (holds == Holds::features) return features_have_header(table, first, rows.size() > 1 ? rows[1] : Fields{});
  const bool known =
      std::ranges::any_of(first, [](std::string_view field) { return role_in_nodes(field) != Role::other; });
  if (known && first.size() > 1) return true;
  const Count found = first_fields(table);
  if (nodes < 0)
    return (known && !found.again) || stands_above_values(table, first, rows.size() > 1 ? rows[1] : Fields{});
  if (found.rows == nodes + 1) {
    // pandas counts even a single column; elsewhere a 0 that occurs again is a label too many
    const bool of_pandas = first.size() > 1 || table.text().name().find(".csv") != std::string::npos;
    return (counts_columns(first) && of_pandas) || !found.again;
  }
  return known && !found.again && found.rows <= nodes && found.rows - 1 + table.text().blank_end() >= nodes;
}

std::optional<Index> sure_rows(TextTable& table, bool is_headless) {
  const std::vector<Fields> rows = table.first_rows();
  if (rows.empty()) return std::nullopt;
  const Fields& first = rows[0];
  const Count found = first_fields(table);
  if (std::ranges::any_of(first, [](std::string_view field) { return role_in_nodes(field) != Role::other; }))
    return found.rows - 1;
  if (counts_columns(first)) return std::nullopt;
  return is_headless || found.again || real_number(first[0]) ? std::optional(found.rows) : std::nullopt;
}

bool starts_with_ids(TextTable& table) {
  const Index most = table.text().line_ends() + 1;
  std::vector<bool> is_there(static_cast<std::size_t>(most) + 1, false);
  Index rows = 0, largest = -1;
  bool ids = true;
  table.rewind();
  while (ids && table.next()) {
    const auto id = table.row().size() < 2 ? std::nullopt : whole_number(table.row()[0]);
    ids = id && *id >= 0 && *id <= most && !is_there[static_cast<std::size_t>(*id)];
    if (!ids) break;
    is_there[static_cast<std::size_t>(*id)] = true;
    largest = std::max(largest, *id);
    ++rows;
  }
  table.rewind();
  return ids && rows >= enough_ids && largest == (is_there[0] ? rows - 1 : rows);
}

bool starts_with_names(TextTable& table, bool named) {
  const auto is_value = [&](std::string_view field) {
    return table.may_be_number(field) || truth_value(field) || is_missing(field);
  };
  for (const Fields& row : table.first_rows())
    for (std::size_t c = 1; c < row.size() && !named; ++c)
      if (!is_value(row[c])) return false;  // [0.5, 2] is no name
  std::unordered_set<std::string_view> names;
  bool own = true;
  for (table.rewind(); own && table.next();) {
    const Fields& row = table.row();
    own = row.size() > 1 && is_word(table, row[0]) && names.insert(row[0]).second;
  }
  table.rewind();
  return own && names.size() > 1;
}

namespace {

/// The first fields of rows of two or more, if they are whole numbers, each another one.
std::optional<std::unordered_set<double>> own_numbers(TextTable& table) {
  std::unordered_set<double> first;
  bool own = true;
  for (table.rewind(); own && table.next();) {
    const auto number = table.row().size() < 2 ? std::nullopt : real_number(table.row()[0]);
    own = number && *number == std::trunc(*number) && first.insert(*number).second;
  }
  table.rewind();
  return own ? std::optional(std::move(first)) : std::nullopt;
}

}  // namespace

bool starts_with(TextTable& table, const std::vector<std::string_view>& ids) {
  constexpr std::size_t few_ids = 3;
  double largest = 0;
  for (const std::string_view id : ids) {
    const auto number = real_number(id);
    if (!number || !std::isfinite(*number)) return false;
    largest = std::max(largest, *number);
  }
  if (ids.size() < few_ids || largest > 1e15) return false;
  const auto first = own_numbers(table);
  return first && largest > static_cast<double>(first->size()) &&
         std::ranges::all_of(ids, [&](std::string_view id) { return first->contains(*real_number(id)); });
}

bool starts_with_whole_numbers(TextTable& table) {
  const auto is_whole = [](std::string_view field) { return whole_number(field).has_value(); };
  const std::vector<Fields> rows = table.first_rows();
  return rows.size() > 1 && std::ranges::all_of(rows[0], is_whole) && !std::ranges::all_of(rows[1], is_whole);
}

bool has_large_numbers_first(TextTable& table) {
  const auto first = own_numbers(table);
  return first && std::ranges::any_of(*first, [&](double id) { return id > static_cast<double>(first->size()); });
}

Held held_in(TextTable& table, std::size_t c) {
  constexpr std::size_t few = 2;
  Held held;
  std::unordered_set<std::string_view> own;
  for (table.rewind(); table.next();) {
    if (table.row().size() <= c) continue;
    const std::string_view field = table.row()[c];
    const bool word = is_word(table, field);
    held.words += word ? 1 : 0;
    held.numbers += !word && !is_missing(field) ? 1 : 0;
    if (word) own.insert(field);
    if (!word || held.some.size() == few) continue;
    if (std::string text = in_quotes(field); std::ranges::find(held.some, text) == held.some.end())
      held.some.push_back(std::move(text));
  }
  table.rewind();
  held.different = static_cast<Index>(own.size());
  return held;
}

}  // namespace mercer
