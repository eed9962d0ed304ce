#include <vector>

#include "backend/edge_list.hpp"
#include "base/side_cache.hpp"

namespace mercer::cpu {
namespace {

constexpr Index block_work = 2048;  // edges and rows of one block

/// The blocks depend on the topology alone, not on the number of threads.
std::vector<Index> blocks_of(const EdgeRows& g) {
  std::vector<Index> first{0};
  Index work = 0;
  for (Index i = 0; i < g.rows; ++i) {
    work += g.degree(i) + 1;
    if (work < block_work) continue;
    first.push_back(i + 1);
    work = 0;
  }
  if (first.back() != g.rows) first.push_back(g.rows);
  return first;
}

struct Blocks {
  std::vector<Index> rows, columns;
};

const Node* data_of(std::span<const Node> numbers) { return numbers.empty() ? nullptr : numbers.data(); }

}  // namespace

EdgeLists edge_lists(const TopologyView& topology) {
  const auto make = [&] { return Blocks{blocks_of(topology.adjacency), blocks_of(topology.transpose)}; };
  const Blocks& blocks = topology.cache->get<Blocks>(0, make);
  const Node *sources = data_of(topology.sources), *targets = data_of(topology.targets);
  return {.adjacency = {.edges = topology.adjacency, .near = targets, .far = sources, .blocks = blocks.rows},
          .transpose = {.edges = topology.transpose,
                        .slots = topology.slots.empty() ? nullptr : topology.slots.data(),
                        .near = sources,
                        .far = targets,
                        .blocks = blocks.columns}};
}

}  // namespace mercer::cpu
