#include "mercer/graph/generate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

void expect_sizes(const char* function, Index nodes, Edge edges) {
  require(nodes >= 1 && edges >= 0, function,
          "got " + std::to_string(nodes) + " nodes and " + std::to_string(edges) +
              " edges, want at least 1 node and no negative number of edges");
}

Node any_node(Random& random, Index nodes) {
  return static_cast<Node>(random.below(static_cast<std::uint32_t>(nodes)));
}

}  // namespace

Csr random_graph(Index nodes, Edge edges, std::uint64_t seed) {
  expect_sizes("random_graph", nodes, edges);
  Random random(seed);
  std::vector<NodePair> pairs(static_cast<std::size_t>(edges));
  for (auto& [i, j] : pairs) {
    i = any_node(random, nodes);
    j = any_node(random, nodes);
  }
  return from_edges(nodes, pairs);
}

Csr star_graph(Index nodes) {
  expect_sizes("star_graph", nodes, 0);
  std::vector<NodePair> pairs;
  for (Node i = 1; i < nodes; ++i) {
    pairs.emplace_back(Node(0), i);
    pairs.emplace_back(i, Node(0));
  }
  return from_edges(nodes, pairs);
}

Csr power_law_graph(Index nodes, Edge edges, std::uint64_t seed) {
  constexpr double stretch = 3.7;         // rank = n u^stretch: its density goes with r^(1 / stretch - 1)
  constexpr Index scatter_factor = 7919;  // a prime: ranks lie anywhere
  expect_sizes("power_law_graph", nodes, edges);
  Random random(seed);
  const auto hub = [&] {
    const double rank = static_cast<double>(nodes) * std::pow(random.uniform(0, 1), stretch);
    return static_cast<Node>(static_cast<Index>(rank) * scatter_factor % nodes);
  };
  std::vector<NodePair> pairs(static_cast<std::size_t>(edges));
  for (std::size_t e = 0; e < pairs.size(); ++e) {
    const Node first = e % 2 == 0 ? hub() : any_node(random, nodes);
    const Node second = e % 2 == 0 ? any_node(random, nodes) : hub();
    pairs[e] = {first, second};
  }
  return from_edges(nodes, pairs);
}

Csr grid_graph(Index rows, Index columns) {
  require(rows >= 1 && columns >= 1, "grid_graph",
          "got " + std::to_string(rows) + " rows and " + std::to_string(columns) + " columns, want at least 1");
  std::vector<NodePair> pairs;
  const auto join = [&](Index i, Index j) {
    pairs.emplace_back(static_cast<Node>(i), static_cast<Node>(j));
    pairs.emplace_back(static_cast<Node>(j), static_cast<Node>(i));
  };
  for (Index i = 0; i < rows * columns; ++i) {
    if (i % columns + 1 < columns) join(i, i + 1);
    if (i + columns < rows * columns) join(i, i + columns);
  }
  return from_edges(rows * columns, pairs);
}

Csr community_graph(Index nodes, Edge edges, std::uint64_t seed) {
  constexpr Index size = 100;
  constexpr double within = 0.8;
  expect_sizes("community_graph", nodes, edges);
  Random random(seed);
  std::vector<NodePair> pairs(static_cast<std::size_t>(edges));
  for (auto& [i, j] : pairs) {
    i = any_node(random, nodes);
    const Index first = i / size * size;
    j = random.uniform(0, 1) < within ? static_cast<Node>(first + any_node(random, std::min(size, nodes - first)))
                                      : any_node(random, nodes);
  }
  return from_edges(nodes, pairs);
}

}  // namespace mercer
