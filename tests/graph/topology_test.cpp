#include "mercer/graph/topology.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The transpose of a view's rows, in order.
void check_transpose(const TopologyView& g) {
  std::vector<NodePair> there, back;
  for_each_edge(g.adjacency, [&](Node i, Node j, Edge) { there.emplace_back(j, i); });
  for_each_edge(g.transpose, [&](Node j, Node i, Edge) { back.emplace_back(j, i); });
  std::ranges::stable_sort(there);
  CHECK(there == back);
}

}  // namespace

TEST_CASE("segments are the graph of all their pairs, without its memory") {
  const Segments squares({0, 2, 2, 5});
  CHECK(squares.targets() == 5);
  CHECK(squares.edges() == 13);
  CHECK(squares.is_square());
  const Csr pairs = complete(squares);
  CHECK(pairs.neighbours(3).size() == 3);
  CHECK(pairs.neighbours(1)[1] == 1);
  const Segments pooling({0, 1, 2, 3}, {0, 4, 4, 9});
  CHECK(complete(pooling) == Csr(3, 9, {0, 4, 4, 9}, {0, 1, 2, 3, 4, 5, 6, 7, 8}));
  CHECK_FALSE(pooling.is_square());
  CHECK(squares.longest() == 3);
  CHECK(pooling.longest() == 1);
  CHECK(Segments({0}).longest() == 0);
  for (const Segments& each : {squares, pooling, Segments({0}), Segments({0, 0}), Segments({0, 3}, {0, 0})})
    check_transpose(each.view());
}

TEST_CASE("causal segments attend to the past; of a rectangle the last target attends to all") {
  const Segments square({0, 3, 5}, true);
  CHECK(complete(square) == Csr(5, 5, {0, 1, 3, 6, 7, 9}, {0, 0, 1, 0, 1, 2, 3, 3, 4}));
  const Segments wide({0, 2}, {0, 4}, true), tall({0, 3}, {0, 2}, true);
  CHECK(complete(wide) == Csr(2, 4, {0, 3, 7}, {0, 1, 2, 0, 1, 2, 3}));
  CHECK(complete(tall) == Csr(3, 2, {0, 0, 1, 3}, {0, 0, 1}));
  for (const Segments& each : {square, wide, tall})
    check_transpose(each.view());
}

TEST_CASE("invalid offsets are refused") {
  CHECK(message_of<ValueError>([] {
          Segments({0, 4, 3});
        }) == "[Segments] target offsets fall at segment 1: got 3 after 4, want them to rise");
  CHECK(message_of<ValueError>([] {
          Segments({0, 4}, {0, -1});
        }) == "[Segments] source offsets fall at segment 0: got -1 after 0, want them to rise");
  CHECK(message_of<ValueError>([] { Segments({1, 4}); }) == "[Segments] target offsets: the first is 1, want 0");
  CHECK_THROWS_AS(Segments(std::vector<Index>{}), ValueError);
  CHECK_THROWS_AS(Segments({0, 4}, {0, 1, 2}), ShapeError);
  CHECK_THROWS_AS(Segments({0, Index{1} << 31}), ValueError);
}

TEST_CASE("a block of whole rows: targets first, neighbours in the order of the graph, degrees of the graph") {
  const Graph graph(from_edges(5, std::vector<NodePair>{{0, 3}, {0, 4}, {1, 0}, {3, 0}, {3, 3}, {4, 0}}));
  const Block block = full_block(graph, std::vector<Node>{3, 0});
  CHECK(block.targets() == 2);
  CHECK(block.origin().nodes == std::vector<Node>{3, 0, 4});
  CHECK(block.origin().in_degree == std::vector<Edge>{2, 2});
  CHECK(block.origin().out_degree == std::vector<Edge>{2, 3, 1});
  CHECK(block.origin().slots == std::vector<Edge>{3, 4, 0, 1});
  CHECK(block.graph().csr() == Csr(2, 3, {0, 2, 4}, {1, 0, 0, 2}));
  check_transpose(block.view());
  CHECK(full_block(graph, {}).sources() == 0);
  CHECK(message_of<ValueError>([&] {
          full_block(graph, std::vector<Node>{1, 1});
        }) == "[full_block] target 1 is named twice");
  CHECK(message_of<ValueError>([&] { full_block(graph, std::vector<Node>{5}); }) ==
        "[full_block] target 5 is out of range, want 0 to 4");
  CHECK_THROWS_AS(full_block(Graph(Csr(1, 2, {0, 1}, {1})), std::vector<Node>{0}), ShapeError);
}

TEST_CASE("a block with more targets than sources, or with edge facts of another size, is refused") {
  CHECK(message_of<ValueError>([] {
          Block(Csr(3, 2, {0, 1, 1, 1}, {0}));
        }) == "[Block] targets: got 3, want at most the 2 sources, of which they are the first");
  const Csr one(1, 2, {0, 1}, {1});
  CHECK_THROWS_AS(Block(one, {.nodes = {7}}), ShapeError);
  CHECK_THROWS_AS(Block(one, {.slots = {7, 8}}), ShapeError);
  CHECK(message_of<ValueError>([&] { Block(one, {.slots = {-1}}); }) == "[Block] edge slot: got -1, want at least 0");
  CHECK_THROWS_AS(Block(one, {.in_degree = {1, 1}}), ShapeError);
  CHECK_THROWS_AS(Block(one, {.out_degree = {1}}), ShapeError);
  CHECK_NOTHROW(Block(one, {.nodes = {7, 5}, .in_degree = {3}, .out_degree = {2, 2}}));
}

TEST_CASE("a block refuses an origin that can't be") {
  const Csr adjacency(1, 2, {0, 1}, {1});  // target 0 attends to source 1
  CHECK_NOTHROW(Block(adjacency, {.nodes = {7, 3}, .in_degree = {4}, .out_degree = {0, 1}}));
  CHECK_THROWS_WITH_AS(Block(adjacency, {.in_degree = {0}}), doctest::Contains("in-degree of target 0"), ValueError);
  CHECK_THROWS_WITH_AS(Block(adjacency, {.out_degree = {0, -5}}), doctest::Contains("out-degree of source 1"),
                       ValueError);
  CHECK_THROWS_WITH_AS(Block(adjacency, {.nodes = {-1, 3}}), doctest::Contains("number of a node: got -1"), ValueError);
  CHECK_THROWS_WITH_AS(Block(adjacency, {.nodes = {3, 3}}), doctest::Contains("two sources have the number 3"),
                       ValueError);
}
