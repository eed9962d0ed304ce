#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

/// Columns of edges without a name that look like ends of further edges.
namespace mercer {

/// Are two lines of many whole numbers the two rows of an edge_index, each with an end of every edge? `features` has a
/// row for each line.
bool is_edge_index(const Tensor& features);

/// Are there as many rows as columns, two of them the ends, as in a matrix of adjacency: of 0 and 1, or of any numbers
/// where they have no names? `largest` is that of the ends.
bool is_adjacency(const Tensor& features, std::int64_t largest, bool named);

/// The names of the columns that hold numbers of nodes alone, of half of them or more: a list of neighbours. `weight`
/// is a column of its own, or empty.
std::vector<std::string> columns_of_nodes(Index nodes, const std::vector<Real>& weight, const std::string& weight_name,
                                          const Tensor& features, const std::vector<std::string>& names);

}  // namespace mercer
