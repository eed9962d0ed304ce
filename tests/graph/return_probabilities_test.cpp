#include "mercer/graph/return_probabilities.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// diag(Pᵏ) by dense products.
std::vector<double> by_dense_powers(const Csr& graph, Index steps) {
  const CsrView g = graph.view();
  const auto n = static_cast<std::size_t>(g.rows);
  std::vector<double> p(n * n, 0), power(n * n, 0), returns(n * static_cast<std::size_t>(steps), 0);
  for (std::size_t i = 0; i < n; ++i) {
    power[i * n + i] = 1;
    double degree = 0;
    for (const Edge e : g.row(static_cast<Index>(i)))
      degree += static_cast<std::size_t>(g.neighbour[e]) == i ? 0 : 1;
    for (const Edge e : g.row(static_cast<Index>(i)))
      if (const auto j = static_cast<std::size_t>(g.neighbour[e]); j != i) p[i * n + j] += 1 / degree;
  }
  for (std::size_t k = 0; k < static_cast<std::size_t>(steps); ++k) {
    std::vector<double> next(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t l = 0; l < n; ++l)
          next[i * n + l] += power[i * n + j] * p[j * n + l];
    power = next;
    for (std::size_t i = 0; i < n; ++i)
      returns[i * static_cast<std::size_t>(steps) + k] = power[i * n + i];
  }
  return returns;
}

}  // namespace

TEST_CASE("return probabilities are the diagonals of the powers of D^-1 A, without loops; zeros of isolated nodes") {
  for (const Index nodes : {1, 2, 9, 33}) {
    const Csr scattered_both = symmetrised(scattered(nodes));
    for (const Csr& g : {scattered_both, with_loops(scattered_both), no_edges(nodes)})
      for (const Index steps : {1, 2, 7}) {
        CAPTURE(nodes);
        CAPTURE(steps);
        const std::vector<double> got = return_probabilities(g.view(), steps), want = by_dense_powers(g, steps);
        REQUIRE(got.size() == want.size());
        for (std::size_t n = 0; n < got.size(); ++n)
          CHECK(got[n] == doctest::Approx(want[n]).epsilon(1e-12));
      }
  }
}

TEST_CASE("return probabilities have the same bits on any number of threads; directed graphs are refused") {
  const Csr g = symmetrised(scattered(500));
  set_threads(1);
  const std::vector<double> one = return_probabilities(g.view(), 6);
  set_threads(4);
  CHECK(return_probabilities(g.view(), 6) == one);
  set_threads(0);
  const Csr one_way = scattered(9);
  CHECK_THROWS_WITH_AS(return_probabilities(one_way.view(), 3), doctest::Contains("want a symmetric one"), ValueError);
  CHECK_THROWS_WITH_AS(return_probabilities(g.view(), 0), doctest::Contains("want 1 to 1000"), ValueError);
}
