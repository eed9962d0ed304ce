#include "mercer/graph/graph.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

using namespace mercer;

namespace {
const std::vector<NodePair> some_edges{{0, 1}, {0, 2}, {2, 0}, {3, 3}, {4, 0}, {0, 1}};
}

TEST_CASE("a list of edges that was moved from is empty") {
  Csr g(2, 3, {0, 1, 2}, {2, 0});
  const Csr taken = std::move(g);
  CHECK((g.rows() == 0 && g.columns() == 0 && g.edges() == 0));
  CHECK((g.view().edges() == 0 && taken.edges() == 2));
  Csr other(1, 1, {0, 1}, {0});
  other = std::move(g);
  CHECK((other.rows() == 0 && other.edges() == 0));
  g = taken;
  CHECK(g == taken);
}

TEST_CASE("from_edges sorts and merges") {
  const Csr g = from_edges(5, some_edges);
  CHECK(g.edges() == 5);
  CHECK(std::vector<Node>(g.neighbours(0).begin(), g.neighbours(0).end()) == std::vector<Node>{1, 2});
  CHECK(g.neighbours(1).empty());
  CHECK_THROWS_AS(from_edges(3, some_edges), ValueError);
}

TEST_CASE("the transpose holds every edge once, with its slot") {
  const Graph g(from_edges(5, some_edges));
  std::vector<int> count(static_cast<std::size_t>(g.edges()), 0);
  for_each_edge(g.transpose(), [&](Node j, Node i, Edge e) {
    const Edge slot = g.slots()[static_cast<std::size_t>(e)];
    CHECK(g.adjacency().neighbour[slot] == j);
    CHECK((g.adjacency().offset[i] <= slot && slot < g.adjacency().offset[i + 1]));
    ++count[static_cast<std::size_t>(slot)];
  });
  CHECK(count == std::vector<int>(5, 1));
  const Csr reverse = transposed(g.csr());
  CHECK(transposed(reverse) == g.csr());
}

TEST_CASE("the slots of a part are checked") {
  const Csr adjacency = from_edges(3, std::vector<NodePair>{{0, 1}, {0, 2}, {1, 0}}), transpose = transposed(adjacency);
  const auto message = [&](std::vector<Edge> slots) -> std::string {
    try {
      Graph(adjacency, transpose, std::move(slots));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message({2, 0, 1}) == "");
  CHECK(message({0, 4, 3}) == "");  // two edges of targets in other parts
  CHECK(message({2, 0}).starts_with("[Graph] slots: got 2, want 3"));
  CHECK(message({2, 0, -1}) == "[Graph] slot 2: got -1, want 0 … 2");
  CHECK(message({2, 0, 4}) == "[Graph] slot 2: got 4, want 0 … 3");
  CHECK(message({2, 0, 2}) == "[Graph] slot 2: got 2, which an edge before it has");
}

TEST_CASE("loops, symmetry and components") {
  const Csr g = from_edges(5, some_edges);
  const Csr s = symmetrised(g);
  CHECK(is_symmetric(s));
  CHECK_FALSE(is_symmetric(g));
  CHECK(with_loops(g).edges() == 9);
  CHECK(without_loops(g).edges() == 4);
  CHECK(isolated_nodes(s) == 1);
  CHECK(components(s).count == 2);
  CHECK(components(s).of == std::vector<Node>{0, 0, 0, 1, 0});
  CHECK(largest_component(s) == std::vector<Node>{0, 1, 2, 4});
  CHECK(induced(s, largest_component(s)).edges() == 6);
  CHECK_THROWS_AS(induced(s, std::vector<Node>{1, 1}), ValueError);
  CHECK(edge_homophily(s, std::vector<std::int32_t>{0, 0, 1, 0, -1}) == doctest::Approx(0.5));
}

TEST_CASE("empty graphs are graphs") {
  const Graph none{Csr()};
  CHECK(none.rows() == 0);
  CHECK(none.edges() == 0);
  CHECK(components(none.csr()).count == 0);
  CHECK(largest_component(none.csr()).empty());
  CHECK(edge_homophily(none.csr(), {}) == 0);
  CHECK(complete(Segments({0, 2, 2, 5})).edges() == 13);
}
