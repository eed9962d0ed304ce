#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/tables/node_table.hpp"

namespace mercer {

/// Is the field no number of the table's, no truth value and not missing? 1,500 and 10% are no words, though they are
/// refused as numbers.
bool is_word(TextTable& table, std::string_view field);

/// Is the first row of a table of nodes its header? See read_node_table.
bool has_header(TextTable& table, Holds holds, Index nodes);

/// The rows of a table below its header, if it is sure whether there is one: a header names an id, a label …; what is
/// none has a first field that occurs again, or a number, but not 0, 1, …, which pandas may have written; or any other
/// word, where a table with an unknown header is none (`is_headless`).
std::optional<Index> sure_rows(TextTable& table, bool is_headless = false);

/// Are the first fields the numbers 0 … rows − 1, or 1 … rows, in any order? For ten rows or more.
bool starts_with_ids(TextTable& table);

/// Are the first fields words, each another one? Without a header (`named`) they stand before values.
bool starts_with_names(TextTable& table, bool named);

/// Are the first fields whole numbers, each another one, and those of these ids among them? For three ids or more, of
/// which one is larger than the number of rows: others may be features by chance.
bool starts_with(TextTable& table, const std::vector<std::string_view>& ids);

/// Is the first row of whole numbers alone, and the second not?
bool starts_with_whole_numbers(TextTable& table);

/// Are the first fields whole numbers, each another one, and one of them larger than the number of rows?
bool has_large_numbers_first(TextTable& table);

/// What a column of a table holds.
struct Held {
  Index words = 0, numbers = 0;
  Index different = 0;            // words
  std::vector<std::string> some;  // two different words at most, in quotes
  bool mostly_words() const { return words > 0 && words >= numbers; }
  bool may_be_ids() const { return different > 2 && different >= words - words / 10; }
};
Held held_in(TextTable& table, std::size_t c);

/// The way out for a column of words.
inline constexpr const char* way_of_words =
    "where it is the class, name it label; pandas.get_dummies makes numbers of words";

}  // namespace mercer
