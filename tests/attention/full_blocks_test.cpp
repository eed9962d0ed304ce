#include "mercer/attention/full_blocks.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("blocks have the facts of their edges, and the degrees of the whole graph") {
  const Graph graph(scattered(30));
  const Index edges = graph.edges();
  Tensor weights(edges, 1);
  std::vector<Node> types;
  for (Index e = 0; e < edges; ++e) {
    weights(e, 0) = static_cast<Real>(e + 1);
    types.push_back(static_cast<Node>(e % 3));
  }
  const Variable w(weights, true);
  const Neighbourhood whole(graph, {.type = types, .types = 3, .weight = w, .features = Variable(noise(edges, 2, 1))});
  const Tensor degrees = weighted_degrees(whole).value();
  const std::vector<Neighbourhood> blocks = full_blocks(whole, std::vector<Node>{7, 3, 12}, 2);
  REQUIRE(blocks.size() == 2);
  for (const Neighbourhood& each : blocks) {
    const BlockOrigin& origin = std::get<Block>(each.topology()).origin();
    const EdgeFacts& facts = each.facts();
    REQUIRE(facts.types == 3);
    for_each_edge(each.view().adjacency, [&](Node i, Node j, Edge e) {
      const auto row = static_cast<std::size_t>(e);
      const Edge slot = origin.slots[row];
      CHECK(graph.adjacency().neighbour[slot] == origin.nodes[static_cast<std::size_t>(j)]);
      const Node target = origin.nodes[static_cast<std::size_t>(i)];
      CHECK((graph.adjacency().offset[target] <= slot && slot < graph.adjacency().offset[target + 1]));
      CHECK(facts.type[row] == types[static_cast<std::size_t>(slot)]);
      CHECK(facts.weight.value()(e, 0) == weights(slot, 0));
      CHECK(facts.features.value()(e, 1) == whole.facts().features.value()(slot, 1));
    });
    for (Index j = 0; j < each.columns(); ++j)
      CHECK(facts.degree.value()(j, 0) == degrees(origin.nodes[static_cast<std::size_t>(j)], 0));
  }
  // weights keep their gradient
  sum(blocks.back().facts().weight).backward();
  for (const Edge slot : std::get<Block>(blocks.back().topology()).origin().slots)
    CHECK(w.grad()(slot, 0) == 1);
  const std::vector<Neighbourhood> plain = full_blocks(Neighbourhood{graph}, std::vector<Node>{7}, 1);
  CHECK_FALSE(plain[0].facts().weight.defined());
}

TEST_CASE("blocks of what is no whole graph, and degrees without a block or of another size, are refused") {
  const Graph graph(cycle(4));
  const std::vector<Node> targets{1};
  CHECK(message_of<ValueError>([&] {
          full_blocks(Neighbourhood(Segments({0, 3})), targets, 1);
        }) == "[full_blocks] neighbourhood: got a block or segments, want a graph");
  CHECK(message_of<ValueError>([&] { weighted_degrees(graph); }) ==
        "[weighted_degrees] the neighbourhood has no edge weights");
  const Variable w(Tensor::filled(graph.edges(), 1, 1)), d(Tensor(4, 1));
  CHECK(message_of<ValueError>([&] { Neighbourhood(graph, {.weight = w, .degree = d}); }) ==
        "[Neighbourhood] degree: got one without a block with weights, want none: elsewhere degrees are sums of the "
        "weights");
  const Block block = full_block(graph, targets);
  CHECK_THROWS_AS(Neighbourhood(block, {.degree = Variable(Tensor(2, 1))}), ValueError);
  CHECK_THROWS_AS(Neighbourhood(block, {.weight = Variable(Tensor(2, 1)), .degree = Variable(Tensor(7, 1))}),
                  ShapeError);
}
