#include "mercer/partition/measure.hpp"

#include <algorithm>
#include <utility>

#include "partition/checked.hpp"

namespace mercer {
namespace {

double imbalance_of(Index most, Index sum, Index parts) {
  return sum == 0 ? 1 : static_cast<double>(most) * static_cast<double>(parts) / static_cast<double>(sum);
}

}  // namespace

PartitionFacts measure(CsrView g, const Partition& partition) {
  partitioning::check_partition("measure", g, partition);
  const auto part_of = [&](Node i) { return partition.of[static_cast<std::size_t>(i)]; };
  PartitionFacts facts;
  facts.part.resize(static_cast<std::size_t>(partition.parts));
  std::vector<std::int32_t> last_part(partition.of.size(), -1);  // the last part that counted the node as a ghost
  for (const Node i : relabel(partition)) {                      // part by part, so one number for each node is enough
    const std::int32_t p = part_of(i);
    PartFacts& part = facts.part[static_cast<std::size_t>(p)];
    ++part.nodes;
    part.edges += g.degree(i);
    for (const Edge e : g.row(i)) {
      const Node j = g.neighbour[e];
      if (part_of(j) == p) continue;
      ++part.cut;
      part.ghosts += std::exchange(last_part[static_cast<std::size_t>(j)], p) == p ? 0 : 1;
    }
  }

  PartFacts most;
  for (const PartFacts& part : facts.part) {
    facts.sum.nodes += part.nodes;
    facts.sum.edges += part.edges;
    facts.sum.cut += part.cut;
    facts.sum.ghosts += part.ghosts;
    most.nodes = std::max(most.nodes, part.nodes);
    most.edges = std::max(most.edges, part.edges);
  }
  if (facts.sum.edges > 0) facts.cut_share = static_cast<double>(facts.sum.cut) / static_cast<double>(facts.sum.edges);
  facts.node_imbalance = imbalance_of(most.nodes, facts.sum.nodes, partition.parts);
  facts.edge_imbalance = imbalance_of(most.edges, facts.sum.edges, partition.parts);
  return facts;
}

}  // namespace mercer
