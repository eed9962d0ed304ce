#pragma once

#include "data/tables/node_table.hpp"

namespace mercer {

/// Leaves one column of labels or columns of values, and one of ids at most.
void settle_labels(NodeTable& read, bool header);

/// A column label of a table of nodes that holds a word of its own for each node, as Gephi writes names, is no label.
void drop_label_of_names(NodeTable& read);

/// Columns with the name of a part are its mask. A split's file without a header begins with ids where its first words
/// are no parts.
void settle_splits(NodeTable& read, bool header);

/// Rows of labels are whole lines where they differ in their number of separators. Where a header of several known
/// names, or most rows, show the separator, rows are cut at it, and the one that differs is refused by its line.
void find_columns_of_labels(TextTable& table);

}  // namespace mercer
