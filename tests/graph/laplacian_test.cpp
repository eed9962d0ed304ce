#include "mercer/graph/laplacian.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Csr of_pairs(Index nodes, const std::vector<NodePair>& edges) { return symmetrised(from_edges(nodes, edges)); }

Csr line(Index nodes, bool closed) {
  std::vector<NodePair> edges;
  for (Node i = 0; i + 1 < nodes; ++i)
    edges.emplace_back(i, i + 1);
  if (closed) edges.emplace_back(static_cast<Node>(nodes) - 1, 0);
  return of_pairs(nodes, edges);
}

/// Are they the vectors of their eigenvalues, of length 1, at right angles, zero where no neighbour is?
void check_eigenvectors(const Csr& graph, const LaplacianEigenvectors& got) {
  const CsrView g = graph.view();
  const auto count = static_cast<Index>(got.values.size());
  const auto entry = [&](Index i, Index k) { return got.vectors[static_cast<std::size_t>(i * count + k)]; };
  const Csr simple = without_loops(g);
  for (Index k = 0; k < count; ++k) {
    const double value = got.values[static_cast<std::size_t>(k)];
    for (Index i = 0; i < g.rows; ++i) {
      double image = entry(i, k);
      const auto own = static_cast<double>(simple.view().degree(i));
      if (own == 0) CHECK(entry(i, k) == doctest::Approx(0));
      for (const Node j : simple.neighbours(i))
        image -= entry(j, k) / std::sqrt(own * static_cast<double>(simple.view().degree(j)));
      if (own > 0) CHECK(image == doctest::Approx(value * entry(i, k)).epsilon(1e-7));
    }
    for (Index l = 0; l <= k; ++l) {
      double dot = 0;
      for (Index i = 0; i < g.rows; ++i)
        dot += entry(i, k) * entry(i, l);
      CHECK(dot == doctest::Approx(k == l ? 1 : 0).epsilon(1e-8));
    }
  }
}

}  // namespace

TEST_CASE("eigenvalues of a path are 1 - cos(pi k / (n - 1)), its vectors sampled cosines, largest entry positive") {
  for (const Index nodes : {2, 3, 10, 400}) {
    CAPTURE(nodes);
    const Index count = std::min<Index>(nodes - 1, 6);
    const Csr path = line(nodes, false);
    const LaplacianEigenvectors got = laplacian_eigenvectors(path, count);
    check_eigenvectors(path, got);
    for (Index k = 1; k <= count; ++k) {
      const double turn = std::numbers::pi * static_cast<double>(k) / static_cast<double>(nodes - 1);
      CHECK(got.values[static_cast<std::size_t>(k - 1)] == doctest::Approx(1 - std::cos(turn)).epsilon(1e-9));
      // v_i ~ sqrt(d_i) cos(turn i): at its size at i = 1, of the nodes with two neighbours the first that is largest
      std::vector<double> want(static_cast<std::size_t>(nodes));
      double length = 0, top = 0, sign = 0;
      for (Index i = 0; i < nodes; ++i) {
        const double degree = i == 0 || i == nodes - 1 ? 1 : 2;
        double& v = want[static_cast<std::size_t>(i)];
        v = std::sqrt(degree) * std::cos(turn * static_cast<double>(i));
        length += v * v;
        if (std::abs(v) > top * (1 + 1e-6)) top = std::abs(v), sign = v > 0 ? 1 : -1;
      }
      for (Index i = 0; i < nodes; ++i)
        CHECK(got.vectors[static_cast<std::size_t>(i * count + k - 1)] ==
              doctest::Approx(sign * want[static_cast<std::size_t>(i)] / std::sqrt(length)).epsilon(1e-6));
    }
  }
}

TEST_CASE("an eigenvalue that stands several times in the spectrum stands as often in the result: cycles, cliques") {
  for (const Index nodes : {3, 8, 51, 301}) {
    const Csr cycle = line(nodes, true);
    const Index count = std::min<Index>(nodes - 1, 7);
    const LaplacianEigenvectors got = laplacian_eigenvectors(cycle, count);
    check_eigenvectors(cycle, got);
    for (Index k = 0; k < count; ++k) {
      const auto turns = static_cast<double>(k / 2 + 1);
      CHECK(got.values[static_cast<std::size_t>(k)] ==
            doctest::Approx(1 - std::cos(2 * std::numbers::pi * turns / static_cast<double>(nodes))).epsilon(1e-8));
    }
  }
  std::vector<NodePair> pairs;  // two cliques of 6
  for (Node i = 0; i < 6; ++i)
    for (Node j = 0; j < i; ++j) {
      pairs.emplace_back(i, j);
      pairs.emplace_back(i + 6, j + 6);
    }
  const Csr cliques = of_pairs(12, pairs);
  const LaplacianEigenvectors got = laplacian_eigenvectors(cliques, 10);
  check_eigenvectors(cliques, got);
  for (const double value : got.values)
    CHECK(value == doctest::Approx(6.0 / 5));
}

TEST_CASE("the eigenvalue 0 is left out once for each component; nodes alone have zeros; loops don't count") {
  // a path of 4 nodes, one of 3, and two nodes alone
  const std::vector<NodePair> edges{{0, 1}, {1, 2}, {2, 3}, {5, 6}, {6, 7}};
  const Csr g = of_pairs(9, edges);
  const LaplacianEigenvectors all = laplacian_eigenvectors(g, 5);
  check_eigenvectors(g, all);
  const std::vector<double> want{0.5, 1, 1.5, 2, 2};
  for (std::size_t k = 0; k < want.size(); ++k)
    CHECK(all.values[k] == doctest::Approx(want[k]));
  CHECK(laplacian_eigenvectors(with_loops(g), 5).vectors == all.vectors);
  CHECK_THROWS_WITH_AS(laplacian_eigenvectors(g, 6),
                       doctest::Contains("got 6 eigenvectors, want at least 1 and at most 5: 9 nodes in 4 components"),
                       ValueError);
  CHECK_THROWS_WITH_AS(laplacian_eigenvectors(g, 0), doctest::Contains("want at least 1"), ValueError);
  CHECK_THROWS_WITH_AS(laplacian_eigenvectors(no_edges(3), 1), doctest::Contains("at most 0: 3 nodes in 3 components"),
                       ValueError);
  CHECK_THROWS_WITH_AS(laplacian_eigenvectors(from_edges(3, std::vector<NodePair>{{0, 1}}), 1),
                       doctest::Contains("want a symmetric one"), ValueError);
}

TEST_CASE("Laplacian eigenvectors have the same bits on any number of threads") {
  const Csr g = symmetrised(scattered(600));
  set_threads(1);
  const LaplacianEigenvectors one = laplacian_eigenvectors(g, 6);
  for (const int count : {2, 4}) {
    set_threads(count);
    CHECK(laplacian_eigenvectors(g, 6).vectors == one.vectors);
  }
  set_threads(0);
}

TEST_CASE("eigenvectors that don't converge are refused: those of a path too long and thin") {
  CHECK_THROWS_WITH_AS(laplacian_eigenvectors(line(4000, false), 3),
                       doctest::Contains("too long and thin for it; want fewer, or another encoding"), ValueError);
}
