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
  double imbalance = 1.03;  // 1 … 1.5: largest part over nodes / parts. A goal; measure() gives the actual value
  std::uint64_t seed = 0;   // below 2³¹
};

/// The part of every node, V = V_1 ∪ … ∪ V_p.
struct Partition {
  std::vector<std::int32_t> of;  // [nodes], 0 … parts − 1
  Index parts = 1;
};

/// Cuts a graph into parts of nearly equal numbers of nodes, with few edges between them. The same graph and options
/// give the same parts. METIS 5.1 (Karypis, Kumar: A fast and high quality multilevel scheme for partitioning irregular
/// graphs, SIAM J. Sci. Comput. 20, 1998) works on undirected graphs: it gets the edges of g in both directions,
/// without loops and duplicates.
///
/// No part is empty. If METIS returns an empty part, or there are fewer than 8 nodes a part, the nodes are sorted by
/// METIS's parts (by fewer, larger parts in the second case) and cut into equal shares. A graph without edges is cut
/// into equal shares in the order of its nodes. A single part holds all nodes and may be empty.
///
/// METIS seeds and uses the C library's rand(). Concurrent calls of partition wait for each other; another thread that
/// calls rand() meanwhile changes the parts. While METIS runs, it handles SIGTERM and SIGABRT as errors of its own.
/// Throws ShapeError when g is not square; ValueError for more parts than nodes, an option out of range, or more edge
/// slots than METIS's index type allows (2³¹ − 1 on Debian); std::bad_alloc and std::runtime_error when METIS fails.
Partition partition(CsrView g, const PartitionOptions& options);

/// The nodes sorted by part, ascending within each part. `induced(g, order)` numbers the nodes in this order, so that
/// the nodes of a part are contiguous in memory. It changes the order of neighbours, so sums over a row agree only up
/// to rounding. Throws ValueError on a part outside 0 … parts − 1.
std::vector<Node> relabel(const Partition& partition);

}  // namespace mercer
