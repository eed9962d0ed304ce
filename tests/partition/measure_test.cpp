#include "mercer/partition/measure.hpp"

#include <doctest/doctest.h>

#include <set>

#include "mercer/base/check.hpp"
#include "partition/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a partition measured by hand") {
  // 0 → 1, 0 → 2, 1 → 2, 2 → 0, 3 → 3, 3 → 0, 3 → 1; parts {0, 1}, {2, 3}, {}
  const Csr g = from_edges(4, std::vector<NodePair>{{0, 1}, {0, 2}, {1, 2}, {2, 0}, {3, 3}, {3, 0}, {3, 1}});
  const PartitionFacts facts = measure(g, {{0, 0, 1, 1}, 3});
  REQUIRE(facts.part.size() == 3);
  CHECK(facts.part[0].nodes == 2);
  CHECK(facts.part[0].edges == 3);
  CHECK(facts.part[0].cut == 2);     // both have source 2
  CHECK(facts.part[0].ghosts == 1);  // counted once
  CHECK(facts.part[1].edges == 4);
  CHECK(facts.part[1].cut == 3);
  CHECK(facts.part[1].ghosts == 2);
  CHECK(facts.part[2].nodes == 0);
  CHECK(facts.sum.cut == 5);
  CHECK(facts.sum.ghosts == 3);
  CHECK(facts.cut_share == doctest::Approx(5.0 / 7));
  CHECK(facts.node_imbalance == doctest::Approx(2 / (4.0 / 3)));
  CHECK(facts.edge_imbalance == doctest::Approx(4 / (7.0 / 3)));
}

TEST_CASE("measured by sets, on every graph") {
  for (const Named& named : awkward_graphs())
    for (const Index parts : {1, 2, 5, 11}) {
      CAPTURE(named.name);
      CAPTURE(parts);
      const Partition found = partition(named.graph, {.parts = parts});
      std::vector<std::set<Node>> ghosts(static_cast<std::size_t>(parts));
      std::vector<Edge> cut(ghosts.size(), 0), edges(ghosts.size(), 0);
      for_each_edge(named.graph, [&](Node i, Node j, Edge) {
        const auto p = static_cast<std::size_t>(found.of[static_cast<std::size_t>(i)]);
        ++edges[p];
        if (found.of[static_cast<std::size_t>(j)] == found.of[static_cast<std::size_t>(i)]) return;
        ++cut[p];
        ghosts[p].insert(j);
      });
      const PartitionFacts facts = measure(named.graph, found);
      const auto sizes = sizes_of(found);
      Index all_ghosts = 0;
      for (std::size_t p = 0; p < ghosts.size(); ++p) {
        CHECK(facts.part[p].nodes == sizes[p]);
        CHECK(facts.part[p].edges == edges[p]);
        CHECK(facts.part[p].cut == cut[p]);
        CHECK(facts.part[p].ghosts == std::ssize(ghosts[p]));
        all_ghosts += std::ssize(ghosts[p]);
      }
      CHECK(facts.sum.ghosts == all_ghosts);
      CHECK(facts.sum.nodes == named.graph.rows());
      CHECK(facts.sum.edges == named.graph.edges());
    }
}

TEST_CASE("a graph without nodes is balanced") {
  const PartitionFacts facts = measure(Csr(), {{}, 2});
  CHECK(facts.part.size() == 2);
  CHECK(facts.cut_share == 0);
  CHECK(facts.node_imbalance == 1);
  CHECK(facts.edge_imbalance == 1);
  CHECK(measure(no_edges(4), {{0, 0, 0, 1}, 2}).node_imbalance == doctest::Approx(1.5));
}

TEST_CASE("a partition of another size is refused") {
  CHECK_THROWS_AS(measure(no_edges(3), {{0, 0}, 1}), ShapeError);
  CHECK_THROWS_AS(measure(no_edges(2), {{0, 2}, 2}), ValueError);
  CHECK_THROWS_AS(measure(no_edges(2), {{0, 0}, 0}), ValueError);
  CHECK_THROWS_AS(measure(Csr(2, 3, {0, 0, 0}, {}), {{0, 0}, 1}), ShapeError);
}
