#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/tables/edge_ends.hpp"
#include "data/tables/edge_header.hpp"
#include "mercer/data/dataset.hpp"

/// Rows of edges without names of columns that may be meant otherwise.
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

/// What a first edge 0,1 of two columns is, by the edges below it: the header that pandas writes where it is there
/// again, or where 0 is not, and the ids go by themselves: 1 … `nodes`, or where these are unknown, more edges than a
/// tree has, or ids above 2; an edge where 1,0 is there, or all of `nodes` have edges with it alone; else either.
FirstRow kind_of_first_pair(const EndPieces& ends, std::optional<Index> nodes);

/// What a first edge n,m of two columns is: a header where as many as m edges are below it and n is the number of
/// nodes, or where that is unknown, above all ids (no less, where they count from 1); either where the edge below goes
/// on at m, or where n and m alone are above all ids; an edge else, and among few.
FirstRow kind_of_first_counts(const EndPieces& ends, std::optional<Index> nodes);

/// Throws FileError where the names of the ends tell two kinds, as user_id,item_id, and numbers are of both: the first
/// user and the first item would be one node.
void refuse_two_kinds(const std::filesystem::path& file, std::string_view source, std::string_view target,
                      const EndPieces& ends);

}  // namespace mercer
