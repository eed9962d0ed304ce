#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mercer/graph/graph.hpp"
#include "mercer/partition/partition.hpp"

namespace mercer {

/// The range first … last − 1 of a list that is exchanged with one other part.
struct PartRange {
  std::int32_t part = 0;
  Index first = 0, last = 0;

  bool operator==(const PartRange&) const = default;
};

/// The rows (or edge slots) that a part sends and receives, so that every part has its ghosts.
struct HaloLists {
  std::vector<Node> sent;          // own rows (edge slots) to send, receiver by receiver
  std::vector<PartRange> send;     // ranges of sent, by receiver
  std::vector<PartRange> receive;  // ranges of the ghosts, by owner
  Index ghosts = 0;
};

/// One part of a graph, whose own rows are a contiguous range of nodes, with the data that attention needs, forward and
/// backward. In both directions, column c < rows() is own row c; the other columns are ghosts, nodes of other parts.
/// Ghosts are sorted by owner, then ascending; the neighbours of a row keep the order of the whole graph.
struct Part {
  Index first_row = 0, nodes = 0;          // own row i is node first_row + i of the graph's `nodes` nodes
  Graph graph{};                           // [rows, rows + ghosts]; slots ≥ edges belong to the halo's edges
  std::vector<Node> sources{}, targets{};  // [columns of adjacency, of transpose]  node numbers in the whole graph
  HaloLists source_halo{}, target_halo{}, edge_halo{};
  std::shared_ptr<SideCache> cache = new_side_cache();

  Index rows() const { return graph.rows(); }
  Index first() const { return first_row; }
  Index last() const { return first_row + rows(); }
  TopologyView view() const&& = delete;  // would dangle
  TopologyView view() const& {
    TopologyView both = graph.view();
    both.sources = sources;
    both.targets = targets;
    both.cache = cache.get();
    return both;
  }
};

/// All parts, in order; parts may be empty. Throws as measure does, and ValueError unless each part is a contiguous
/// range of nodes, in the order of the parts: number the nodes by `relabel` first.
std::vector<Part> parts_of(const Graph& graph, const Partition& partition);

/// The partition of the nodes numbered by `relabel`: every part is a contiguous range.
Partition relabelled(Partition partition);

}  // namespace mercer
