#pragma once

#include <optional>

#include "data/tables/node_table.hpp"

namespace mercer {

/// Is the first row of a table of nodes its header? See read_node_table.
bool has_header(TextTable& table, Holds holds, Index nodes);

/// The rows of a table below its header, if it is sure whether there is one: a header names an id, a label …; what is
/// none has a first field that occurs again, or a number where pandas doesn't write one.
std::optional<Index> sure_rows(TextTable& table);

/// Are the first fields the numbers 0 … rows − 1, or 1 … rows, in any order? For ten rows or more.
bool starts_with_ids(TextTable& table);

}  // namespace mercer
