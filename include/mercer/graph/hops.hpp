#pragma once

#include <cstdint>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// Who is within some steps of whom.
struct Hops {
  Csr graph;  // i attends to every j that it reaches in 1 … K steps; to itself where it did before
  std::vector<std::uint8_t> away;  // [edges]  the steps from i to j, 0 for a loop
};

/// K steps wide, K in 1 … 255, by breadth-first search from every node; g must be square. Wide graphs grow fast:
/// throws ValueError that names the number of edges when there would be more than `most`.
Hops k_hop(CsrView g, int k, Edge most = Edge{1} << 24);

}  // namespace mercer
