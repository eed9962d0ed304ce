#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mercer/graph/build.hpp"
#include "mercer/partition/partition.hpp"
#include "support/graphs.hpp"

namespace mercer::test {

struct Named {
  std::string name;
  Csr graph;
};

/// Cliques of `size` nodes, each joined to the next by one edge; when directed, i attends to j > i only.
inline Csr chain_of_cliques(Index cliques, Index size, bool directed = false) {
  std::vector<NodePair> edges;
  for (Index c = 0; c < cliques; ++c)
    for (Index i = 0; i < size; ++i)
      for (Index j = i + 1; j < size + (i + 1 == size && c + 1 < cliques ? 1 : 0); ++j)
        edges.emplace_back(static_cast<Node>(c * size + i), static_cast<Node>(c * size + j));
  const Csr upward = from_edges(cliques * size, edges);
  return directed ? upward : symmetrised(upward);
}

/// A hub with more sources than a tile of the CPU's loops holds, nodes with a few sources, isolated nodes.
inline Csr hub_and_scattered(Index n) {
  const Csr few = scattered(n);
  std::vector<NodePair> edges;
  for_each_edge(few, [&](Node i, Node j, Edge) { edges.emplace_back(i, j); });
  for (Node j = 0; j < n; j += 3)
    edges.emplace_back(1, j);
  return from_edges(n, edges);
}

/// Graphs that METIS divides badly: stars, paths, several components, directed edges, loops, no nodes.
inline std::vector<Named> awkward_graphs() {
  std::vector<NodePair> couples;
  for (Node i = 0; i + 1 < 60; i += 2)
    couples.emplace_back(i, i + 1);
  return {{"no edges", no_edges(37)},           {"star", star(50)},
          {"cycle with loops", cycle(41)},      {"a clique", complete(Segments{{0, 41}})},
          {"couples", from_edges(60, couples)}, {"one edge", from_edges(90, std::vector<NodePair>{{3, 80}})},
          {"scattered", scattered(300)},        {"hub and scattered", hub_and_scattered(1000)},
          {"cliques", chain_of_cliques(5, 12)}};
}

inline std::vector<Index> sizes_of(const Partition& partition) {
  std::vector<Index> sizes(static_cast<std::size_t>(partition.parts), 0);
  for (const auto part : partition.of)
    ++sizes.at(static_cast<std::size_t>(part));
  return sizes;
}

}  // namespace mercer::test
