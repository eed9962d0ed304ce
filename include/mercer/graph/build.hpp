#pragma once

#include <span>
#include <utility>
#include <vector>

#include "mercer/graph/csr.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/graph/segments.hpp"

namespace mercer {

using NodePair = std::pair<Node, Node>;  // (i, j), target and source: i attends to j

/// Ascending rows, duplicates merged; edge_list takes sources first. Throws ValueError on a node outside 0 … nodes − 1.
Csr from_edges(Index nodes, std::span<const NodePair> edges);

Csr symmetrised(CsrView g);  // adds the edge i → j for every edge j → i; g must be square
Csr with_loops(CsrView g);   // every node attends to itself, once; g must be square
Csr without_loops(CsrView g);
Csr transposed(CsrView g);

/// The subgraph on `nodes` (distinct); node nodes[a] becomes a.
Csr induced(CsrView g, std::span<const Node> nodes);

/// The graph with an edge for every pair of the segments: attention over it equals attention over the segments. Takes
/// memory for all pairs.
Csr complete(const Segments& segments);

}  // namespace mercer
