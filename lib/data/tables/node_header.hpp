#pragma once

#include "data/tables/node_table.hpp"

namespace mercer {

/// Is the first row of a table of nodes its header? See read_node_table.
bool has_header(TextTable& table, Holds holds, Index nodes);

/// Are the first fields the numbers 0 … rows − 1, or 1 … rows, in any order? For ten rows or more.
bool starts_with_ids(TextTable& table);

}  // namespace mercer
