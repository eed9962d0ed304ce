#include "mercer/attention/factor_shares.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mercer/base/check.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The factors of one row with `alpha.size()` columns.
Factors row_of(const Tensor& log_similarity, const Tensor& log_magnitude) {
  Factors of{.alpha = Tensor::like(log_similarity), .similarity = log_similarity, .log_magnitude = log_magnitude};
  for (Index h = 0; h < of.alpha.columns(); ++h) {
    Real sum = 0;
    for (Index e = 0; e < of.alpha.rows(); ++e)
      sum += of.alpha(e, h) = std::exp(log_similarity(e, h) + log_magnitude(e, h));
    for (Index e = 0; e < of.alpha.rows(); ++e)
      of.alpha(e, h) /= sum;
  }
  return of;
}

}  // namespace

TEST_CASE("the factor that varies explains everything, and shares sum to 1") {
  const Graph g(star(3));
  const Tensor varies = Tensor::from({{0}, {1}, {2}}), still = Tensor::filled(3, 1, 5);
  CHECK(factor_shares(g, row_of(varies, still))[0].similarity == doctest::Approx(1));
  CHECK(factor_shares(g, row_of(varies, still))[0].magnitude == doctest::Approx(0));
  CHECK(factor_shares(g, row_of(still, varies))[0].magnitude == doctest::Approx(1));
  // s = 2a, m = −a: ln α = a, the factors work against each other
  const FactorShares against =
      factor_shares(g, row_of(Tensor::from({{0}, {2}, {4}}), Tensor::from({{0}, {-1}, {-2}})))[0];
  CHECK(against.similarity == doctest::Approx(2));
  CHECK(against.magnitude == doctest::Approx(-1));
  const FactorShares even = factor_shares(g, row_of(varies, varies))[0];
  CHECK(even.similarity == doctest::Approx(0.5));
}

TEST_CASE("entropy and distance to uniform, by hand") {
  const Graph g(star(4));
  const Tensor zero(4, 2);
  Tensor s(4, 2);
  s(0, 1) = static_cast<Real>(std::log(5.0));  // α = 5/8, 1/8, 1/8, 1/8
  const auto shares = factor_shares(g, row_of(s, zero));
  REQUIRE(shares.size() == 3);
  CHECK(shares[0].entropy == doctest::Approx(1));
  CHECK(shares[0].distance == doctest::Approx(0).epsilon(1e-6));
  CHECK(shares[0].near_uniform == 1);
  CHECK(std::isnan(shares[0].similarity));  // nothing varies, so no factor explains it
  CHECK(shares[1].distance == doctest::Approx(0.375));
  CHECK(shares[1].near_uniform == 0);
  CHECK(shares[1].entropy == doctest::Approx(-(0.625 * std::log(0.625) + 0.375 * std::log(0.125)) / std::log(4.0)));
  CHECK(shares[2].near_uniform == 0.5);
  CHECK(shares[2].similarity == doctest::Approx(1));
  CHECK(shares[2].rows == 2);
}

TEST_CASE("rows with fewer than two edges are not counted") {
  const Factors none = row_of(Tensor(1, 1), Tensor(1, 1));
  const FactorShares alone = factor_shares(Graph(star(1)), none)[0];
  CHECK(alone.rows == 0);
  CHECK(std::isnan(alone.entropy));
  const Factors empty = row_of(Tensor(0, 2), Tensor(0, 2));
  CHECK(factor_shares(Graph(no_edges(5)), empty).size() == 3);
  CHECK_THROWS_AS(factor_shares(Graph(star(2)), none), ShapeError);
}

TEST_CASE("signed kernels: absolute values count, zeros are left out") {
  Factors of{.alpha = Tensor::from({{Real(0.5)}, {Real(-0.25)}, {0}, {Real(0.25)}}),
             .similarity = Tensor::from({{2}, {-1}, {0}, {1}}),
             .log_magnitude = Tensor(4, 1),
             .is_signed = true};
  const FactorShares shares = factor_shares(Graph(star(4)), of)[0];
  CHECK(shares.similarity == doctest::Approx(1));
  CHECK(shares.negative == 0.25);
  CHECK(shares.distance == doctest::Approx(0.25));
}

TEST_CASE("entropy is 1 for equal weights, 0 for one neighbour alone, and takes signs") {
  // row 0 has three edges, row 1 two, row 2 one, which is not counted
  const std::vector<NodePair> edges{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 2}};
  const Graph graph(from_edges(3, edges));
  const Real third = Real(1) / 3;
  const Tensor nothing(6, 3);
  const Factors factors{
      .alpha = Tensor::from({{third, 1, 2}, {third, 0, -2}, {third, 0, 2}, {0.5, 0, 1}, {0.5, 1, 1}, {1, 1, 1}}),
      .similarity = nothing,
      .log_magnitude = nothing};
  const auto shares = factor_shares(graph, factors);
  CHECK(shares[0].entropy == doctest::Approx(1));
  CHECK(shares[1].entropy == doctest::Approx(0));
  CHECK(shares[2].entropy == doctest::Approx(1));
}
