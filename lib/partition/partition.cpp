#include "mercer/partition/partition.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "partition/checked.hpp"
#include "partition/metis.hpp"

namespace mercer {
namespace {

using namespace partitioning;

// With fewer nodes a part or more imbalance, METIS leaves parts empty and sometimes prints a warning.
constexpr Index least_nodes = 8;
constexpr double most_imbalance = 1.5;

void check_options(CsrView g, const PartitionOptions& options) {
  expect("partition", {{"columns", g.columns, g.rows}});
  const std::string got = "parts: got " + std::to_string(options.parts) + ", want ";
  require(options.parts >= 1, "partition", got + "at least 1");
  require(options.parts == 1 || options.parts <= g.rows, "partition",
          got + "at most one for each of " + std::to_string(g.rows) + " nodes");
  require(options.parts <= most_parts(), "partition", got + "at most " + std::to_string(most_parts()) + " (METIS)");
  require(options.imbalance >= 1 && options.imbalance <= most_imbalance, "partition",
          "imbalance: got " + std::to_string(options.imbalance) + ", want 1 to 1.5");
  require(options.seed <= std::numeric_limits<std::int32_t>::max(), "partition",
          "seed: got " + std::to_string(options.seed) + ", want at most 2147483647 (METIS)");
}

void check_edges(Edge edges) {
  require(edges <= most_edges(), "partition",
          "edge slots of the undirected graph: got " + std::to_string(edges) + ", want at most " +
              std::to_string(most_edges()) + " (METIS's idx_t)");
}

/// Node order[a] goes to part ⌊a parts / nodes⌋.
Partition equal_shares(const std::vector<Node>& order, Index parts) {
  Partition shares{std::vector<std::int32_t>(order.size()), parts};
  const auto nodes = static_cast<Index>(order.size());
  for (Index a = 0; a < nodes; ++a)
    shares.of[static_cast<std::size_t>(order[static_cast<std::size_t>(a)])] =
        static_cast<std::int32_t>(a * parts / nodes);
  return shares;
}

bool fills_all(const Partition& partition) {
  std::vector<bool> filled(static_cast<std::size_t>(partition.parts), false);
  for (const auto part : partition.of)
    filled[static_cast<std::size_t>(part)] = true;
  return std::ranges::find(filled, false) == filled.end();
}

}  // namespace

Partition partition(CsrView g, const PartitionOptions& options) {
  check_options(g, options);
  Partition whole{std::vector<std::int32_t>(static_cast<std::size_t>(g.rows), 0), 1};
  if (options.parts == 1) return whole;
  check_edges(g.edges() - g.rows);  // before any copy is made; at most one loop a node will be removed
  const Csr undirected = without_loops(symmetrised(g));
  check_edges(undirected.edges());

  PartitionOptions possible = options;
  possible.parts = std::min(options.parts, g.rows / least_nodes);
  const bool by_metis = possible.parts > 1 && undirected.edges() > 0;
  Partition found = by_metis ? partition_by_metis(undirected, possible) : std::move(whole);
  if (found.parts == options.parts && fills_all(found)) return found;
  return equal_shares(relabel(found), options.parts);
}

std::vector<Node> relabel(const Partition& partition) {
  check_partition("relabel", partition);
  std::vector<Node> order(partition.of.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](Node i) { return partition.of[static_cast<std::size_t>(i)]; });
  return order;
}

}  // namespace mercer
