#include "mercer/graph/generate.hpp"

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

}  // namespace mercer
