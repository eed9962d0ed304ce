#pragma once

#include <cstdint>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// The graph of all pairs of nodes that are at most K steps apart.
struct Hops {
  Csr graph;  // i attends to every j that it reaches in 1 … K steps, and to itself if it did in g
  std::vector<std::uint8_t> away;  // [edges]  number of steps from i to j, 0 for a loop
};

/// Computes the graph for K = k steps by breadth-first search from every node. Throws ShapeError unless g is square,
/// and ValueError unless 1 ≤ k ≤ 255 and the result has at most `most` edges (the message names their number).
Hops k_hop(CsrView g, int k, Edge most = Edge{1} << 24);

}  // namespace mercer
