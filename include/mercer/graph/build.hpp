#pragma once

#include <span>
#include <utility>
#include <vector>

#include "mercer/graph/csr.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/graph/segments.hpp"

namespace mercer {

using NodePair = std::pair<Node, Node>;  // (i, j): i attends to j

/// Rows with ascending neighbours, duplicates merged; loops stay. Throws ValueError on a node outside 0 … nodes − 1.
Csr from_edges(Index nodes, std::span<const NodePair> edges);

Csr symmetrised(CsrView g);  // i attends to j whenever j attends to i; g must be square
Csr with_loops(CsrView g);   // every node attends to itself, once; g must be square
Csr without_loops(CsrView g);
Csr transposed(CsrView g);

/// The graph among `nodes` (distinct); node nodes[a] becomes a.
Csr induced(CsrView g, std::span<const Node> nodes);

/// Every pair of the segments, spelled out: what attention on them means. Takes memory of all pairs.
Csr complete(const Segments& segments);

}  // namespace mercer
