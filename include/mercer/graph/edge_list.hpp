#pragma once

#include <span>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// The treatment of a pair (source, target) that is given more than once.
enum class Duplicates {
  merge,   // one edge with one slot
  keep,    // an edge for each, next to each other in the given order
  refuse,  // ValueError
};

/// A graph made of edges in any order, with the slot of each given edge.
struct GivenEdges {
  Csr adjacency;
  std::vector<Edge> slot;  // [edges given]  the edge's slot in the adjacency
  Edge loops = 0;          // the last ones of the edges given are loops that with_loops added
};

/// Edge e goes from source[e] to target[e]: target[e] attends to source[e]. The same arrays are the rows of PyTorch
/// Geometric's edge_index. Throws ShapeError when the lengths differ, ValueError on a node that there isn't.
GivenEdges edge_list(Index nodes, std::span<const Node> source, std::span<const Node> target,
                     Duplicates duplicates = Duplicates::merge);
/// edge_list for targets and sources that are different nodes.
GivenEdges edge_list(Index targets, Index sources, std::span<const Node> source, std::span<const Node> target,
                     Duplicates duplicates = Duplicates::merge);

/// A loop for each node that has none, as an edge after those given, node by node. Throws ShapeError unless targets and
/// sources are the same nodes.
GivenEdges with_loops(const GivenEdges& edges);

/// A CSR from rows in any order, sorted; `slot` is the new slot of each entry. Throws as Csr does.
GivenEdges sorted_rows(Index rows, Index columns, std::span<const Edge> offset, std::span<const Node> neighbour,
                       Duplicates duplicates = Duplicates::merge);

/// Integers of all edges given (relations, numbers of steps) in the order of slots. Throws ShapeError, and ValueError
/// when merged edges differ.
std::vector<Node> to_slots(const GivenEdges& edges, std::span<const Node> of_edges);

}  // namespace mercer
