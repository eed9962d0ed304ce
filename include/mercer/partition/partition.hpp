#pragma once

#include <cstdint>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

enum class PartitionMethod {
  kway,       // all parts at once: for many parts
  recursive,  // halves of halves
};

struct PartitionOptions {
  Index parts = 2;  // 1 … nodes, and at most 2³¹ / 30
  PartitionMethod method = PartitionMethod::kway;
  double imbalance = 1.03;  // 1 … 1.5: most nodes of a part over nodes / parts. An aim, see measure() for what came
  std::uint64_t seed = 0;   // below 2³¹
};

/// A part for every node, V = V_1 ∪ … ∪ V_p.
struct Partition {
  std::vector<std::int32_t> of;  // [nodes], 0 … parts − 1
  Index parts = 1;
};

/// Parts of about as many nodes each, with few edges between them. The same graph and options give the same parts.
/// METIS 5.1 (Karypis, Kumar: A fast and high quality multilevel scheme for partitioning irregular graphs, SIAM J. Sci.
/// Comput. 20, 1998) knows undirected graphs alone: it is given g both ways, without loops and duplicates.
///
/// No part is empty. Where METIS leaves one so, or would have fewer than 8 nodes for each, the nodes are put in the
/// order of METIS's parts (of larger ones, if they are too small) and cut into equal shares. A graph without edges is
/// cut into equal shares as it stands; one part holds all, even of no nodes.
///
/// METIS draws from the C library's rand(), whose state it sets: calls wait for one another, and who else calls rand()
/// meanwhile changes the parts. While it runs, it takes SIGTERM and SIGABRT for errors of its own. Throws ShapeError
/// when g is not square; ValueError for more parts than nodes, an option out of range, or more edge slots than METIS's
/// indices count (2³¹ − 1 on Debian); std::bad_alloc and std::runtime_error when METIS says so.
Partition partition(CsrView g, const PartitionOptions& options);

/// The nodes part by part, ascending within each: node order[a] is the a-th, and `induced(g, order)` is the graph with
/// the nodes so numbered, those of a part side by side in memory. Neighbours then stand in another order: sums over a
/// row agree to rounding. Throws ValueError on a part outside 0 … parts − 1.
std::vector<Node> relabel(const Partition& partition);

}  // namespace mercer
