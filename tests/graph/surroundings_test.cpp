#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/graph/hops.hpp"
#include "mercer/graph/walk.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The distance from i to j by powers of the adjacency, up to k; −1 when it is larger.
std::vector<std::vector<int>> distances(CsrView g, int k) {
  const auto n = static_cast<std::size_t>(g.rows);
  std::vector<std::vector<int>> away(n, std::vector<int>(n, -1));
  for (std::size_t i = 0; i < n; ++i)
    away[i][i] = 0;
  for (int step = 1; step <= k; ++step) {
    const auto before = away;
    for (std::size_t i = 0; i < n; ++i)
      for_each_edge(g, [&](Node a, Node b, Edge) {
        int& to = away[i][static_cast<std::size_t>(b)];
        if (before[i][static_cast<std::size_t>(a)] == step - 1 && to < 0) to = step;
      });
  }
  return away;
}

Csr path(Index n) {
  std::vector<NodePair> edges;
  for (Node i = 0; i + 1 < n; ++i)
    edges.emplace_back(i, static_cast<Node>(i + 1));
  return symmetrised(from_edges(n, edges));
}

}  // namespace

TEST_CASE("k_hop holds nodes within k steps with their distance, by definition") {
  for (const Index n : {0, 1, 2, 9, 33, 700})
    for (const int k : {1, 2, 3, 4}) {
      if (n == 700 && k != 2) continue;
      const Csr g = scattered(n, 3);  // directed, some with loops
      const Hops hops = k_hop(g, k);
      const auto away = distances(g, k);
      CAPTURE(n);
      CAPTURE(k);
      Edge want = 0;
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j)
          want += i != j && away[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] > 0;
      Edge loops = 0;
      for_each_edge(hops.graph, [&](Node i, Node j, Edge e) {
        const int got = hops.away[static_cast<std::size_t>(e)];
        CHECK(got == away[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
        loops += i == j;
      });
      CHECK(hops.graph.edges() == want + loops);
      CHECK(loops == g.edges() - without_loops(g).edges());
    }
}

TEST_CASE("one hop is the graph itself") {
  const Csr g = with_loops(scattered(40));
  CHECK(k_hop(g, 1).graph == g);
}

TEST_CASE("a graph that would grow too wide is refused with its size") {
  const Csr g = symmetrised(star(50));  // two hops: all pairs
  CHECK(k_hop(g, 2, 2451).graph.edges() == 50 * 49 + 1);
  CHECK_THROWS_WITH_AS(k_hop(g, 2, 2450), doctest::Contains("2 hops: got 2451 edges of 99, want at most 2450"),
                       ValueError);
  CHECK_THROWS_AS(k_hop(g, 0), ValueError);
  CHECK_THROWS_AS(k_hop(Csr(1, 2, {0, 1}, {1}), 1), ShapeError);
}

TEST_CASE("walk similarity is 1 of a node and itself, high of twins, within [0, 1]") {
  const Csr g = with_loops(symmetrised(scattered(60)));
  const std::vector<Real> w = walk_similarity(g);
  REQUIRE(w.size() == static_cast<std::size_t>(g.edges()));
  for_each_edge(g, [&](Node i, Node j, Edge e) {
    const Real value = w[static_cast<std::size_t>(e)];
    CHECK(value >= 0);
    CHECK(value <= 1);
    if (i == j) CHECK(value == doctest::Approx(1));
  });
  for (const Real value : walk_similarity(complete(Segments{{0, 5}}), {.walks = 2000}))
    CHECK(value > 0.8);
}

TEST_CASE("walk similarity approaches that of expected visits") {
  // a path of three; one step: f_0 = (1, 1, 0), f_1 = (½, 1, ½) per walk
  const Csr g = path(3);
  const std::vector<Real> w = walk_similarity(g, {.walks = 40000, .length = 1});
  const double want = 1.5 / (std::sqrt(2.0) * std::sqrt(1.5));
  CHECK(w[0] == doctest::Approx(want).epsilon(0.01));
  // two steps of the pair 0 – 1: f_0 = (2, 1), f_1 = (1, 2)
  CHECK(walk_similarity(path(2), {.walks = 3, .length = 2})[0] == doctest::Approx(0.8));
}

TEST_CASE("walks depend on the seed and the node, not on the threads; walks from isolated nodes stay there") {
  const Csr g = scattered(300);
  set_threads(1);
  const auto one = walk_similarity(g, {.walks = 10, .length = 9, .seed = 4});
  set_threads(3);
  CHECK(walk_similarity(g, {.walks = 10, .length = 9, .seed = 4}) == one);
  set_threads(0);
  CHECK(walk_similarity(g, {.walks = 10, .length = 9, .seed = 5}) != one);
  CHECK(walk_similarity(no_edges(4)).empty());
  CHECK_THROWS_AS(walk_similarity(g, {.walks = 0}), ValueError);
  CHECK_THROWS_AS(walk_similarity(g, {.length = 0}), ValueError);
}

TEST_CASE("a reversed graph is the graph of the reversed edges, with the slots of the original") {
  const Graph g(scattered(40));
  const Graph back = g.reversed();
  CHECK(back.csr() == transposed(g.csr()));
  CHECK(back.rows() == g.columns());
  for_each_edge(back.transpose(), [&](Node i, Node j, Edge e) {
    const Edge slot = back.slots()[static_cast<std::size_t>(e)];
    CHECK(back.adjacency().neighbour[slot] == i);
    CHECK(g.adjacency().neighbour[e] == j);
  });
  CHECK(back.reversed().csr() == g.csr());
  const Graph rectangular(Csr(2, 5, {0, 3, 5}, {0, 2, 4, 1, 4}));
  CHECK(rectangular.reversed().rows() == 5);
  CHECK(rectangular.reversed().columns() == 2);
}
