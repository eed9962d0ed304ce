#pragma once

#include <filesystem>

#include "data/tables/node_ids.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Reads a table of edges, `SOURCE TARGET [WEIGHT …]`, into graph, facts of the edges, directed and notes of the set. A
/// header names the columns (role_in_edges); without one, a third and last column of numbers is the weight. Further
/// columns become edge_features (EdgeFeatureColumns). Numbers from 1 to n, without 0, count from 1, with a note. A
/// comment with the word directed says that edges mean one way only. Throws FileError with the line. `counted`: another
/// table of the folder has pandas' header 0,1,2,…; then a first line 0,1 is one, too.
void read_edges(const std::filesystem::path& file, const NodeIds& ids, bool counted, Dataset& data);

/// The same for a graph alone: nodes are 0 … the largest number; or the ids that occur, by number or in their order,
/// with their names, when they are words or most numbers are missing.
void read_bare_edges(const std::filesystem::path& file, Dataset& data);

}  // namespace mercer
