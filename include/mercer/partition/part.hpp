#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mercer/graph/graph.hpp"
#include "mercer/partition/partition.hpp"

namespace mercer {

/// The places first … last − 1 of a list: what is exchanged with one other part.
struct PartRange {
  std::int32_t part = 0;
  Index first = 0, last = 0;

  bool operator==(const PartRange&) const = default;
};

/// What a part sends and receives so that every part has its ghosts: rows, or edges.
struct HaloLists {
  std::vector<Node> sent;          // own rows (edge slots) that others ask for, receiver by receiver
  std::vector<PartRange> send;     // places of sent, by receiver
  std::vector<PartRange> receive;  // places of the ghosts, by owner
  Index ghosts = 0;
};

/// One part of a graph whose nodes are cut into runs: all that attention over its own rows asks for, forward and
/// backward. Column c of either direction is own row c, from c = rows() on a ghost: a node of another part. Ghosts
/// stand by owner, ascending within each; the neighbours of a row stand in the order of the whole graph.
struct Part {
  Index first_row = 0, nodes = 0;          // own row i is node first_row + i of the graph's nodes
  Graph graph{};                           // [rows, rows + ghosts]; slots from edges on are of the halo's edges
  std::vector<Node> sources{}, targets{};  // [columns of adjacency, of transpose]  their numbers in the graph
  HaloLists source_halo{}, target_halo{}, edge_halo{};
  std::shared_ptr<SideCache> cache = new_side_cache();

  Index rows() const { return graph.rows(); }
  Index first() const { return first_row; }
  Index last() const { return first_row + rows(); }
  TopologyView view() const {
    TopologyView both = graph.view();
    both.sources = sources;
    both.targets = targets;
    both.cache = cache.get();
    return both;
  }
};

/// One for each part, in order; parts may be empty. Throws as measure does, and ValueError unless the parts are runs of
/// nodes in their order: number the nodes by `relabel` first.
std::vector<Part> parts_of(const Graph& graph, const Partition& partition);

/// The partition of the nodes as `relabel` numbers them: every part a run.
Partition relabelled(Partition partition);

}  // namespace mercer
