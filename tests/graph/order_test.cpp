#include "mercer/graph/order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/generate.hpp"

using namespace mercer;

namespace {

Csr undirected(const Csr& g) { return with_loops(symmetrised(g)); }

Csr shuffled(const Csr& g) {
  std::vector<Node> order(static_cast<std::size_t>(g.rows()));
  std::iota(order.begin(), order.end(), 0);
  Random(7).shuffle(order);
  return induced(g, order);
}

bool names_each_node_once(std::vector<Node> order, Index nodes) {
  std::ranges::sort(order);
  std::vector<Node> all(static_cast<std::size_t>(nodes));
  std::iota(all.begin(), all.end(), 0);
  return order == all;
}

double missed_by_communities(const Csr& g, Index kept) { return missed_share(g, community_order(g), kept); }

}  // namespace

TEST_CASE("missed rows are those that aren't among the last that were fetched") {
  const Csr g(3, 3, {0, 2, 4, 6}, {0, 1, 0, 2, 0, 1});  // gathers 0 1, 0 2, 0 1
  CHECK(missed_share(g, {}, 1) == doctest::Approx(6.0 / 6));
  CHECK(missed_share(g, {}, 2) == doctest::Approx(5.0 / 6));  // 0 1 . 2 0 1: the second 0 is kept
  CHECK(missed_share(g, {}, 3) == doctest::Approx(3.0 / 6));
  CHECK(missed_share(g, std::vector<Node>{0, 2, 1}, 2) == doctest::Approx(3.0 / 6));  // 0 1, 0 1, 0 2
  CHECK(missed_share(Csr(), {}, 4) == 0);
  CHECK(missed_share(from_edges(3, {}), {}, 4) == 0);
  CHECK_THROWS_AS(missed_share(g, std::vector<Node>{0, 1}, 2), ShapeError);
}

TEST_CASE("communities and grids that were shuffled lie together again; a random graph has nothing to gain") {
  const Csr communities = shuffled(undirected(community_graph(6000, 60000)));
  CHECK(missed_share(communities, {}, 512) > 0.9);
  CHECK(missed_by_communities(communities, 512) < 0.35);  // a fifth of the edges goes anywhere
  const Csr grid = shuffled(undirected(grid_graph(80, 80)));
  CHECK(missed_share(grid, {}, 512) > 0.9);
  CHECK(missed_by_communities(grid, 512) < 0.3);  // 0.2 is the least
  const Csr random = undirected(random_graph(6000, 60000));
  CHECK(missed_by_communities(random, 512) > 0.8 * missed_share(random, {}, 512));
}

TEST_CASE("an order of communities names every node once, whatever the graph, on any number of threads") {
  CHECK(community_order(Csr()).empty());
  CHECK_THROWS_AS(community_order(Csr(2, 3, {0, 1, 2}, {0, 2})), ShapeError);
  const Csr graphs[] = {from_edges(1, {}),  from_edges(70, {}),          star_graph(500),
                        grid_graph(1, 300), power_law_graph(3000, 9000), random_graph(700, 400)};
  for (const Csr& g : graphs) {
    CAPTURE(g.rows());
    CHECK(names_each_node_once(community_order(g), g.rows()));
  }
  const Csr& directed = graphs[4];
  CHECK(community_order(directed) == community_order(symmetrised(directed)));
  const int before = threads();
  set_threads(1);
  const std::vector<Node> one = community_order(directed);
  set_threads(2);
  CHECK(community_order(directed) == one);
  set_threads(before);
}

TEST_CASE("the choice is a function of counts: many rows, and a quarter of the misses saved") {
  const auto pays = [](Index nodes, double given, double least, double ordered) {
    return order_pays({.nodes = nodes, .given = given, .least = least, .ordered = ordered});
  };
  CHECK(pays(65537, 0.9, 0.1, 0.1));
  CHECK_FALSE(pays(65536, 0.9, 0.1, 0.1));  // 16 MiB hold all rows
  CHECK(pays(1'000'000, 0.8, 0.1, 0.6));
  CHECK_FALSE(pays(1'000'000, 0.8, 0.1, 0.61));
  CHECK_FALSE(pays(1'000'000, 0.25, 0.2, 0.2));
  CHECK_FALSE(order_may_pay({.nodes = 1'000'000, .given = 0.25, .least = 0.2}));
  CHECK(order_may_pay({.nodes = 1'000'000, .given = 0.9, .least = 0.1}));
}

TEST_CASE("a large graph is ordered where that pays, and is else left alone") {
  const Csr communities = undirected(community_graph(70000, 350000));
  const ChosenOrder gained = chosen_order(shuffled(communities));
  CHECK(names_each_node_once(gained.order, 70000));
  CHECK(gained.facts.given > 0.9);
  CHECK(gained.facts.ordered < 0.5);
  const ChosenOrder good = chosen_order(communities);
  CHECK(good.order.empty());
  CHECK(good.facts.given < gained.facts.ordered * 1.2);
  const ChosenOrder random = chosen_order(undirected(random_graph(70000, 350000)));
  CHECK(random.order.empty());
  CHECK(random.facts.ordered < 1);  // it was tried
  const ChosenOrder grid = chosen_order(undirected(grid_graph(265, 265)));
  CHECK(grid.order.empty());
  CHECK(grid.facts.ordered == 1);  // no order is better: none was tried
  const ChosenOrder small = chosen_order(shuffled(undirected(community_graph(6000, 60000))));
  CHECK(small.order.empty());
  CHECK(small.facts.given == 0);  // not even looked at
}
