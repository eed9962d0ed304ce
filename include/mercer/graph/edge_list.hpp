#pragma once

#include <span>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// What becomes of a pair (source, target) that is given more than once.
enum class Duplicates {
  merge,   // one edge, whose slot they share
  keep,    // an edge for each, beside each other in the order in which they were given
  refuse,  // ValueError
};

/// A graph of edges that were given in any order, and where each of them stands.
struct GivenEdges {
  Csr adjacency;
  std::vector<Edge> slot;  // [edges given]  the edge's slot in the adjacency
};

/// Edge e goes from source[e] to target[e]: target[e] attends to source[e]. The same arrays are the rows of PyTorch
/// Geometric's edge_index. Throws ShapeError when the lengths differ, ValueError on a node that there isn't.
GivenEdges edge_list(Index nodes, std::span<const Node> source, std::span<const Node> target,
                     Duplicates duplicates = Duplicates::merge);
/// The same where targets and sources are different nodes.
GivenEdges edge_list(Index targets, Index sources, std::span<const Node> source, std::span<const Node> target,
                     Duplicates duplicates = Duplicates::merge);

/// A CSR whose rows are in any order, sorted; `slot` says where each of its entries went. Throws as Csr does.
GivenEdges sorted_rows(Index rows, Index columns, std::span<const Edge> offset, std::span<const Node> neighbour,
                       Duplicates duplicates = Duplicates::merge);

/// Integers of edges as they were given (relations, numbers of steps) in the order of slots. Throws ShapeError, and
/// ValueError when merged edges differ.
std::vector<Node> to_slots(const GivenEdges& edges, std::span<const Node> of_edges);

}  // namespace mercer
