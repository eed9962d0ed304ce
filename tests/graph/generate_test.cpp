#include "mercer/graph/generate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

using namespace mercer;

namespace {

Index largest_row(const Csr& graph) {
  Index most = 0;
  for (Index i = 0; i < graph.rows(); ++i)
    most = std::max(most, static_cast<Index>(graph.view().degree(i)));
  return most;
}

}  // namespace

TEST_CASE("a random graph has about the edges that were asked for, no large row, and the same edges each time") {
  const Csr g = random_graph(2000, 20000);
  CHECK(g.edges() > 19900);
  CHECK(g.edges() <= 20000);
  CHECK(largest_row(g) < 40);
  CHECK(random_graph(2000, 20000) == g);
  CHECK_FALSE(random_graph(2000, 20000, 2) == g);
  CHECK(random_graph(1, 0).edges() == 0);
}

TEST_CASE("a grid joins each node to those beside it, both ways") {
  const Csr g = grid_graph(3, 4);
  CHECK(g.rows() == 12);
  CHECK(g.edges() == 2 * (3 * 3 + 2 * 4));
  CHECK(is_symmetric(g.view()));
  CHECK(std::ranges::equal(g.neighbours(0), std::vector<Node>{1, 4}));
  CHECK(std::ranges::equal(g.neighbours(5), std::vector<Node>{1, 4, 6, 9}));
  CHECK(grid_graph(1, 1).edges() == 0);
}

TEST_CASE("four fifths of a community graph's edges stay among 100 nodes, and some of the rest") {
  const Csr g = community_graph(2050, 20000);
  Edge within = 0;
  for_each_edge(g.view(), [&](Node i, Node j, Edge) { within += i / 100 == j / 100 ? 1 : 0; });
  const double share = static_cast<double>(within) / static_cast<double>(g.edges());
  CHECK(share > 0.77);
  CHECK(share < 0.83);
  CHECK(community_graph(2050, 20000) == g);
}

TEST_CASE("a star has an edge both ways to each node but the first") {
  const Csr g = star_graph(7);
  CHECK(g.edges() == 12);
  CHECK(largest_row(g) == 6);
  CHECK(is_symmetric(g.view()));
  CHECK(star_graph(1).edges() == 0);
}

TEST_CASE("the largest row and column of a power law have about half of n^(-1/3.7) of all edges") {
  for (const Index nodes : {20000, 100000}) {
    constexpr Edge edges = 200000;  // a few are merged
    const Csr g = power_law_graph(nodes, edges);
    CHECK(g.edges() > 190000);
    const double share = std::pow(static_cast<double>(nodes), -1 / 3.7) / 2;
    for (const Index most : {largest_row(g), largest_row(transposed(g.view()))}) {
      CHECK(static_cast<double>(most) > 0.8 * share * static_cast<double>(edges));
      CHECK(static_cast<double>(most) < 1.2 * share * static_cast<double>(edges));
    }
  }
}

TEST_CASE("graphs without nodes and negative numbers of edges are refused") {
  CHECK_THROWS_WITH_AS(random_graph(0, 3), doctest::Contains("got 0 nodes and 3 edges, want at least 1 node"),
                       ValueError);
  CHECK_THROWS_AS(power_law_graph(3, -1), ValueError);
  CHECK_THROWS_AS(star_graph(0), ValueError);
  CHECK_THROWS_AS(grid_graph(0, 3), ValueError);
  CHECK_THROWS_AS(community_graph(0, 3), ValueError);
}
