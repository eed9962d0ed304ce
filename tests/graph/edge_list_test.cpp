#include "mercer/graph/edge_list.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/build.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

//                              0  1  2  3  4  5     edge 4 is edge 1 again
const std::vector<Node> source{2, 0, 1, 2, 0, 1};
const std::vector<Node> target{1, 1, 0, 2, 1, 1};

}  // namespace

TEST_CASE("edges in any order become a graph; each knows its slot; duplicates are merged") {
  const GivenEdges edges = edge_list(3, source, target);
  CHECK(edges.adjacency == Csr(3, 3, {0, 1, 4, 5}, {1, 0, 1, 2, 2}));
  CHECK(edges.slot == std::vector<Edge>{3, 1, 0, 4, 1, 2});
}

TEST_CASE("duplicates are kept beside each other, in the order in which they were given") {
  const GivenEdges edges = edge_list(3, source, target, Duplicates::keep);
  CHECK(edges.adjacency == Csr(3, 3, {0, 1, 5, 6}, {1, 0, 0, 1, 2, 2}));
  CHECK(edges.slot == std::vector<Edge>{4, 1, 0, 5, 2, 3});
}

TEST_CASE("duplicates are refused by name on request") {
  CHECK(message_of<ValueError>([] { edge_list(3, source, target, Duplicates::refuse); }) ==
        "[edge_list] edge from 0 to 1 is given more than once");
  const std::vector<Node> once{0, 1, 2}, next{1, 2, 0};
  CHECK(edge_list(3, once, next, Duplicates::refuse).adjacency == edge_list(3, once, next).adjacency);
}

TEST_CASE("a random list agrees with from_edges, and every slot holds its pair") {
  Random random(5);
  std::vector<Node> sources, targets;
  std::vector<NodePair> pairs;
  for (int e = 0; e < 400; ++e) {
    sources.push_back(static_cast<Node>(random.below(30)));
    targets.push_back(static_cast<Node>(random.below(30)));
    pairs.emplace_back(targets.back(), sources.back());
  }
  CHECK(edge_list(30, sources, targets).adjacency == from_edges(30, pairs));
  for (const Duplicates choice : {Duplicates::merge, Duplicates::keep}) {
    const GivenEdges edges = edge_list(30, sources, targets, choice);
    std::vector<Node> row(static_cast<std::size_t>(edges.adjacency.edges()));
    for_each_edge(edges.adjacency, [&](Node i, Node, Edge e) { row[static_cast<std::size_t>(e)] = i; });
    for (std::size_t e = 0; e < sources.size(); ++e) {
      const auto slot = static_cast<std::size_t>(edges.slot[e]);
      CHECK(edges.adjacency.neighbour()[slot] == sources[e]);
      CHECK(row[slot] == targets[e]);
    }
  }
}

TEST_CASE("targets and sources may be different nodes; no edges are no edges") {
  const std::vector<Node> from{4, 0}, to{1, 1};
  CHECK(edge_list(2, 5, from, to).adjacency == Csr(2, 5, {0, 0, 2}, {0, 4}));
  CHECK(edge_list(3, {}, {}).adjacency == Csr(3, 3, {0, 0, 0, 0}, {}));
  CHECK(edge_list(0, {}, {}).adjacency == Csr());
}

TEST_CASE("a CSR in any order is sorted, with the new slots of its entries") {
  const std::vector<Edge> offset{0, 3, 3, 5};
  const std::vector<Node> neighbour{3, 0, 2, 1, 0};
  const GivenEdges edges = sorted_rows(3, 4, offset, neighbour);
  CHECK(edges.adjacency == Csr(3, 4, {0, 3, 3, 5}, {0, 2, 3, 0, 1}));
  CHECK(edges.slot == std::vector<Edge>{2, 0, 1, 4, 3});
}

TEST_CASE("integers of edges go to their slots; merged edges must agree") {
  const GivenEdges edges = edge_list(3, source, target);
  CHECK(to_slots(edges, std::vector<Node>{10, 11, 12, 13, 11, 15}) == std::vector<Node>{12, 11, 15, 10, 13});
  CHECK(message_of<ValueError>([&] {
          to_slots(edges, std::vector<Node>{10, 11, 12, 13, 14, 15});
        }) == "[to_slots] edge 4 has the value 14, the one that it was merged with 11");
  CHECK_THROWS_AS(to_slots(edges, std::vector<Node>{1}), ShapeError);
}

TEST_CASE("invalid edge lists are refused by name") {
  const std::vector<Node> short_list{0}, outside{0, 0, 1, 2, 0, 3}, negative{-1};
  CHECK_THROWS_AS(edge_list(3, source, short_list), ShapeError);
  CHECK(message_of<ValueError>([&] { edge_list(3, source, outside); }) ==
        "[edge_list] target of edge 5: got 3, want 0 to 2");
  CHECK(message_of<ValueError>([&] { edge_list(3, negative, short_list); }) ==
        "[edge_list] source of edge 0: got -1, want 0 to 2");
  CHECK_THROWS_AS(edge_list(-1, {}, {}), ValueError);
  const std::vector<Edge> falling{0, 2, 1, 3}, wrong{0, 1, 2, 4};
  const std::vector<Node> columns{0, 1, 2};
  CHECK_THROWS_AS(sorted_rows(3, 3, falling, columns), ValueError);
  CHECK_THROWS_AS(sorted_rows(3, 3, wrong, columns), ShapeError);
  CHECK_THROWS_AS(sorted_rows(3, 3, {}, columns), ShapeError);
}

TEST_CASE("loops join the given edges where a node has none, as the last ones") {
  //                               0  1  2  3     node 1 has a loop, node 2 no edge
  const std::vector<Node> source{2, 1, 1, 0}, target{0, 1, 0, 1};
  for (const Duplicates choice : {Duplicates::merge, Duplicates::keep}) {
    const GivenEdges edges = with_loops(edge_list(3, source, target, choice));
    CHECK(edges.loops == 2);
    const std::vector<Node> all_sources{2, 1, 1, 0, 0, 2}, all_targets{0, 1, 0, 1, 0, 2};
    const GivenEdges want = edge_list(3, all_sources, all_targets, choice);
    CHECK(edges.slot == want.slot);
    CHECK(edges.adjacency == want.adjacency);
    CHECK(with_loops(edges).slot == want.slot);
    CHECK(with_loops(edges).loops == 2);
  }
  CHECK(with_loops(edge_list(0, std::vector<Node>{}, std::vector<Node>{})).slot.empty());
  CHECK_THROWS_AS(with_loops(edge_list(2, 3, std::vector<Node>{2}, std::vector<Node>{0})), ShapeError);
}

TEST_CASE("repeated loops stay as they are given") {
  const std::vector<Node> source{0, 0, 1}, target{0, 0, 0};
  const GivenEdges edges = with_loops(edge_list(2, source, target, Duplicates::keep));
  CHECK(edges.loops == 1);
  CHECK(edges.adjacency.edges() == 4);
  CHECK(edges.slot == std::vector<Edge>{0, 1, 2, 3});
}
