#include "mercer/attention/neighbourhood.hpp"

#include <doctest/doctest.h>

#include "mercer/attention/stream_use.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a neighbourhood made of a graph has no edge facts") {
  const Neighbourhood plain = Graph(cycle(4));
  CHECK(plain.facts().types == 0);
  CHECK(plain.facts().type.empty());
  CHECK_FALSE(plain.facts().weight.defined());
  const Variable x(noise(4, 2, 1));
  const Variable same = plain.sources(x);
  CHECK(&same.value() == &x.value());
}

TEST_CASE("facts are kept, and copies share them") {
  const Neighbourhood with(Graph(star(3)), {.type = {0, 2, 1}, .types = 3, .weight = Variable(Tensor(3, 1))});
  const Neighbourhood copy = with;
  CHECK(&copy.facts() == &with.facts());
  CHECK(copy.facts().type[1] == 2);
  CHECK(copy.facts().weight.rows() == 3);
}

TEST_CASE("facts that don't fit the edges are refused") {
  const Graph g(star(3));
  CHECK_THROWS_WITH_AS(Neighbourhood(g, {.type = {0, 1}, .types = 2}), doctest::Contains("edge types: got 2, want 3"),
                       ShapeError);
  CHECK_THROWS_AS(Neighbourhood(g, {.type = {0, 1, 2}, .types = 2}), ValueError);
  CHECK_THROWS_AS(Neighbourhood(g, {.type = {0, -1, 0}, .types = 2}), ValueError);
  CHECK_THROWS_AS(Neighbourhood(g, {.weight = Variable(Tensor(2, 1))}), ShapeError);
  CHECK_THROWS_AS(Neighbourhood(g, {.weight = Variable(Tensor(3, 2))}), ShapeError);
  CHECK_NOTHROW(Neighbourhood(Graph(), {.types = 4}));  // no edges
}

TEST_CASE("targets are the first rows of a block's sources, with a gradient") {
  const Neighbourhood block = full_block(Graph(cycle(5)), std::vector<Node>{3, 1});
  REQUIRE(block.rows() == 2);
  REQUIRE(block.columns() == 4);
  Variable x(noise(4, 3, 1), true);
  Variable y = block.targets(x);
  CHECK(same_bits(y.value(), Tensor::from(2, 3, x.value().values().first(6))));
  y.backward(Tensor::filled(2, 3, 2));
  CHECK(x.grad()(1, 2) == 2);
  CHECK(x.grad()(2, 0) == 0);
  const auto sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x.value()));
  CHECK(same_bits(block.targets(Input(sparse)).sparse()->to_dense(), y.value()));
  CHECK(same_bits(block.targets(Input(x)).dense().value(), y.value()));
  CHECK_THROWS_AS(block.targets(Variable(noise(3, 3, 1))), ShapeError);
  const Neighbourhood graph = Graph(cycle(4));
  const Variable same = graph.targets(x);
  CHECK(&same.value() == &x.value());
  CHECK(message_of<ValueError>([&] {
          Neighbourhood(Segments({0, 1}, {0, 4})).targets(x);
        }) == "[Neighbourhood] targets: got 1 of them for 4 sources and no block; call attend with a q of its own");
}

TEST_CASE("means are over all nodes, or over each segment") {
  const Tensor x = Tensor::from({{1, 2}, {3, 4}, {5, 7}});
  CHECK(same_bits(Neighbourhood(Graph(cycle(3))).mean(Variable(x)).value(), mean_of_rows(Variable(x)).value()));
  Variable given(x, true);
  Variable mean = Neighbourhood(Segments({0, 2, 2, 3})).mean(given);
  CHECK(max_abs_difference(mean.value(), Tensor::from({{2, 3}, {0, 0}, {5, 7}})) < 1e-6);
  mean.backward(Tensor::filled(3, 2, 1));
  CHECK(max_abs_difference(given.grad(), Tensor::from({{0.5, 0.5}, {0.5, 0.5}, {1, 1}})) < 1e-6);
}

TEST_CASE("a neighbourhood is reversed where its topology allows it") {
  const Neighbourhood graph(Graph(star(3)));
  CHECK(graph.reversed().graph().csr() == transposed(star(3)));
  const Neighbourhood segments(Segments({0, 1, 3}, {0, 4, 5}));
  CHECK(segments.reversed().rows() == 5);
  CHECK(segments.reversed().columns() == 3);
  CHECK_THROWS_AS(Neighbourhood(Segments({0, 3}, true)).reversed(), ValueError);
  CHECK(message_of<ValueError>([] { Neighbourhood(full_block(Graph(cycle(4)), std::vector<Node>{1})).reversed(); }) ==
        "[Neighbourhood] reversed: got a block, want a graph: its targets are not all of its sources");
  CHECK_THROWS_AS(segments.graph(), ValueError);
}

TEST_CASE("stream_use needs a streamed neighbourhood") {
  const Neighbourhood plain(Graph(cycle(4))), through = plain.streamed(1 << 20);
  CHECK(through.streamed()->device_bytes == 1 << 20);
  CHECK(stream_use(through).passes == 0);
  CHECK(message_of<ValueError>([&] { stream_use(plain); }) == "[stream_use] neighbourhood: want one that is streamed");
}

TEST_CASE("a neighbourhood is made of a CSR whose rows ascend; any order is refused, or kept by a graph") {
  const Csr ascending(2, 3, {0, 2, 3}, {0, 2, 1}), falling(2, 3, {0, 2, 3}, {2, 0, 1});
  const Neighbourhood friends(ascending);
  CHECK(friends.graph().csr() == ascending);
  CHECK(Neighbourhood(ascending, {.weight = Variable(Tensor(3, 1))}).facts().weight.rows() == 3);
  CHECK_THROWS_WITH_AS(Neighbourhood{falling},
                       "[Neighbourhood] neighbours of row 0 do not ascend: sort them (sorted_rows), or give "
                       "Graph{adjacency}, which keeps their order",
                       ValueError);
  CHECK(Neighbourhood(Graph(falling)).graph().csr() == falling);
}

TEST_CASE("features of edges are kept, must fit, and do not go with parts or segments") {
  const Graph g(star(3));
  CHECK(Neighbourhood(g, {.features = Variable(Tensor(3, 4))}).facts().features.columns() == 4);
  CHECK_THROWS_WITH_AS(Neighbourhood(g, {.features = Variable(Tensor(2, 4))}),
                       doctest::Contains("rows of edge features: got 2, want 3"), ShapeError);
}
