#pragma once

#include "data/tables/node_table.hpp"

/// Columns of ids whose names say nothing.
namespace mercer {

/// Why the first column of features holds ids though no name says so, or null where it doesn't. A column that counts in
/// order may be a feature where a header names it. `of_another`: it holds the ids of another table.
const char* why_first_is_id(TextTable& table, bool of_another, bool named);

/// In a table of labels or splits without a column of ids: one whose fields are all among the ids of `other` (which may
/// be null), each another one, holds the ids; so does the first one under a header where it holds 0 … n − 1 or 1 … n in
/// another order, or in a table of splits words of their own. A note says so.
void find_ids(NodeTable& read, bool header, const NodeTable* other);

}  // namespace mercer
