#include "mercer/attention/neighbourhood.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a neighbourhood of a graph alone knows nothing of its edges") {
  const Neighbourhood plain = Graph(cycle(4));
  CHECK(plain.facts().types == 0);
  CHECK(plain.facts().type.empty());
  CHECK_FALSE(plain.facts().weight.defined());
  const Variable x(noise(4, 2, 1));
  CHECK(&plain.sources(x).value() == &x.value());
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
