#pragma once

#include <vector>

#include "mercer/graph/graph.hpp"
#include "mercer/partition/part.hpp"

namespace mercer {

/// What a part sends and receives so that every part has its ghosts: rows, or edges.
struct HaloLists {
  std::vector<Node> sent;          // own rows (edge slots) that others ask for, receiver by receiver
  std::vector<PartRange> send;     // places of sent, by receiver
  std::vector<PartRange> receive;  // places of the ghosts, by owner
  Index ghosts = 0;
};

/// The share of one rank in a graph whose nodes are cut into runs: all that attention over its own rows asks for on the
/// way there and back. Sources from elsewhere, targets from elsewhere, and the edges of the latter stand by owner,
/// ascending within each.
struct Share {
  GraphPart graph;
  HaloLists sources, targets, edges;

  Index rows() const { return graph.adjacency.rows(); }
  Index first() const { return graph.first; }
  Index last() const { return graph.first + rows(); }
};

/// One for each part, in order; parts may be empty. Throws as measure does, and ValueError unless the parts are runs of
/// nodes in their order: number the nodes by `relabel` first.
std::vector<Share> shares_of(const Graph& graph, const Partition& partition);

/// The partition of the nodes as `relabel` numbers them: every part a run.
Partition relabelled(Partition partition);

}  // namespace mercer
