#pragma once

#include <cstdint>

#include "mercer/graph/csr.hpp"

/// Graphs made to measure and to try on: the same arguments give the same graph. Edges drawn twice are merged, so that
/// a few are missing. Sizes are at least 1 node and 0 edges.
namespace mercer {

/// Both ends of each edge are any nodes, as in G(n, m) with loops.
Csr random_graph(Index nodes, Edge edges, std::uint64_t seed = 1);

/// Node 0 has an edge to and from each other node.
Csr star_graph(Index nodes);

/// One end of each edge, source and target by turns, is drawn by its rank r in proportion to r^(−0.73); the other end
/// is any node. The largest row and column have a share of about ½ n^(−1/3.7) of all edges each: 8 % of n = 1,000
/// nodes, 2 % of 100,000. Nodes of a high rank lie anywhere.
Csr power_law_graph(Index nodes, Edge edges, std::uint64_t seed = 3);

/// Every node has an edge to and from those above, below, left and right of it; numbered row by row.
Csr grid_graph(Index rows, Index columns);

/// Communities of 100 nodes each, the last of at most as many, numbered one after another. The target of an edge is any
/// node; with probability 0.8 the source is one of its community, else any node.
Csr community_graph(Index nodes, Edge edges, std::uint64_t seed = 5);

}  // namespace mercer
