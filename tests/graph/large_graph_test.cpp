// Graphs built on all threads are those of the obviously right ways, on any number of threads.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/edge_list.hpp"
#include "mercer/graph/inspect.hpp"

using namespace mercer;

namespace {

constexpr Index large_nodes = 20000;  // more keys than one bucket has

/// Random pairs with a hub, repeats, loops and nodes without edges: more than one chunk of them.
std::vector<NodePair> many_pairs() {
  Random random(7);
  std::vector<NodePair> pairs;
  for (int e = 0; e < 300000; ++e) {
    const auto i = static_cast<Node>(random.below(large_nodes - 100)), j = static_cast<Node>(random.below(large_nodes));
    pairs.emplace_back(e % 10 == 0 ? 3 : i, e % 17 == 0 ? i : j);
    if (e % 29 == 0) pairs.push_back(pairs.back());
  }
  return pairs;
}

Csr of_set(const std::set<NodePair>& edges) {
  std::vector<Edge> offset(large_nodes + 1, 0);
  std::vector<Node> neighbour;
  for (const auto& [i, j] : edges) {
    ++offset[static_cast<std::size_t>(i) + 1];
    neighbour.push_back(j);
  }
  for (std::size_t i = 1; i < offset.size(); ++i)
    offset[i] += offset[i - 1];
  return {large_nodes, large_nodes, offset, neighbour};
}

}  // namespace

TEST_CASE("a large graph, its transpose, symmetry and loops are those of sets of pairs, on any number of threads") {
  const std::vector<NodePair> pairs = many_pairs();
  std::set<NodePair> edges(pairs.begin(), pairs.end()), back, both, looped, loopless;
  for (const auto& [i, j] : edges) {
    back.emplace(j, i);
    both.insert({{i, j}, {j, i}});
    if (i != j) loopless.emplace(i, j);
  }
  looped = edges;
  for (Node i = 0; i < large_nodes; ++i)
    looped.emplace(i, i);
  std::vector<Node> source, target;
  for (const auto& [i, j] : pairs) {
    target.push_back(i);
    source.push_back(j);
  }
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    const Csr g = from_edges(large_nodes, pairs);
    CHECK(g == of_set(edges));
    CHECK(transposed(g) == of_set(back));
    CHECK(symmetrised(g) == of_set(both));
    CHECK(with_loops(g) == of_set(looped));
    CHECK(without_loops(g) == of_set(loopless));
    CHECK(is_symmetric(of_set(both)));
    CHECK_FALSE(is_symmetric(g));
    const Graph graph(g);
    bool slots_fit = true;
    for_each_edge(graph.transpose(), [&](Node j, Node i, Edge e) {
      const Edge slot = graph.slots()[static_cast<std::size_t>(e)];
      slots_fit = slots_fit && graph.adjacency().offset[i] <= slot && slot < graph.adjacency().offset[i + 1] &&
                  graph.adjacency().neighbour[slot] == j;
    });
    CHECK(slots_fit);
    const GivenEdges given = edge_list(large_nodes, source, target);
    CHECK(given.adjacency == g);
    const GivenEdges kept = edge_list(large_nodes, source, target, Duplicates::keep);
    std::vector<Edge> order(pairs.size());  // slots in the order of (target, source, edge)
    for (std::size_t e = 0; e < order.size(); ++e)
      order[static_cast<std::size_t>(kept.slot[e])] = static_cast<Edge>(e);
    CHECK(std::ranges::is_sorted(order, {}, [&](Edge e) { return std::pair(pairs[static_cast<std::size_t>(e)], e); }));
  }
  set_threads(0);
}

TEST_CASE("rows in no order, with repeats, are merged by all that makes a graph of another") {
  const Csr g(3, 3, {0, 3, 4, 6}, {2, 0, 2, 1, 1, 0});
  CHECK(symmetrised(g) == Csr(3, 3, {0, 2, 4, 6}, {0, 2, 1, 2, 0, 1}));
  CHECK(with_loops(g) == Csr(3, 3, {0, 2, 3, 6}, {0, 2, 1, 0, 1, 2}));
  CHECK(without_loops(g) == Csr(3, 3, {0, 1, 1, 3}, {2, 0, 1}));
  CHECK(induced(g, std::vector<Node>{2, 0}) == Csr(2, 2, {0, 1, 3}, {1, 0, 1}));
}

TEST_CASE("components are numbered by first appearance, on any number of threads") {
  std::vector<NodePair> pairs;
  std::vector<Node> want(large_nodes);
  constexpr Node parts = 7;
  for (Node i = 0; i < large_nodes; ++i) {  // rings of every seventh node, the last of them cut into pairs
    const bool in_pairs = i % parts == parts - 1;
    const Node next = i + parts;
    if (next < large_nodes && (!in_pairs || (i / parts) % 2 == 0)) pairs.emplace_back(i, next);
  }
  Node count = 0;
  for (Node i = 0; i < large_nodes; ++i) {
    const bool starts = i < parts || (i % parts == parts - 1 && (i / parts) % 2 == 0);
    want[static_cast<std::size_t>(i)] = starts ? count++ : want[static_cast<std::size_t>(i - parts)];
  }
  const Csr g = symmetrised(from_edges(large_nodes, pairs));
  for (const int threads_of_run : {1, 2, 4}) {
    set_threads(threads_of_run);
    const Components found = components(g);
    CHECK(found.count == count);
    CHECK(found.of == want);
  }
  set_threads(0);
}

TEST_CASE("copies of a list of edges share its arrays") {
  const Csr g(2, 2, {0, 1, 2}, {1, 0}), copy = g;
  CHECK(copy.neighbour().data() == g.neighbour().data());
  const Graph graph(g);
  CHECK(graph.csr().neighbour().data() == g.neighbour().data());
}
