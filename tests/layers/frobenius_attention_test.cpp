#include "mercer/layers/frobenius_attention.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>
#include <vector>

#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index to_all_in = 5, to_all_width = 3;

FrobeniusAttention to_all(Index heads, Join join) {
  Random random(4);
  return {{.in = to_all_in, .width = to_all_width, .heads = heads, .join = join, .bias = false}, random};
}

Tensor of_all(const FrobeniusAttention& layer, const Variable& x) {
  Pass pass = Pass::inference();
  return layer(Segments({0, x.rows()}), x, pass).y.value();
}

/// The formula, pair by pair.
std::vector<double> by_pairs(const FrobeniusAttention& layer, const Variable& x) {
  const Tensor q = layer.query(x).value(), k = layer.key(x).value(), v = layer.value(x).value();
  const auto norm = [](const Tensor& t) {
    double squares = 0;
    for (const Real value : t.values())
      squares += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(squares);
  };
  const double share = 1 / (norm(q) * norm(k) * static_cast<double>(x.rows()));
  std::vector<double> y;
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < v.columns(); ++c) {
      const Index first = c / to_all_width * to_all_width;
      double above = static_cast<double>(v(i, c)), below = 1;
      for (Index j = 0; j < x.rows(); ++j) {
        double weight = 0;
        for (Index d = first; d < first + to_all_width; ++d)
          weight += static_cast<double>(q(i, d)) * static_cast<double>(k(j, d)) * share;
        above += weight * static_cast<double>(v(j, c));
        below += weight;
      }
      y.push_back(above / below);
    }
  return y;
}

}  // namespace

TEST_CASE("Frobenius attention is its formula over all pairs; heads side by side or averaged") {
  for (const Index nodes : {1, 2, 7, 33}) {
    CAPTURE(nodes);
    const FrobeniusAttention layer = to_all(2, Join::concat);
    const Variable x(noise(nodes, to_all_in, 3));
    const Tensor y = of_all(layer, x), mean = of_all(to_all(2, Join::mean), x);
    const std::vector<double> want = by_pairs(layer, x);
    REQUIRE(y.columns() == 2 * to_all_width);
    for (Index i = 0; i < nodes; ++i)
      for (Index c = 0; c < to_all_width; ++c) {
        const double one = want[static_cast<std::size_t>(i * 2 * to_all_width + c)];
        const double other = want[static_cast<std::size_t>((i * 2 + 1) * to_all_width + c)];
        CHECK(static_cast<double>(y(i, c)) == doctest::Approx(one).epsilon(1e-5));
        CHECK(static_cast<double>(mean(i, c)) == doctest::Approx((one + other) / 2).epsilon(1e-5));
      }
  }
  CHECK(of_all(to_all(1, Join::concat), Variable(Tensor(0, to_all_in))).rows() == 0);
  FrobeniusAttention still = to_all(1, Join::concat);  // queries of length 0 change nothing
  for (Variable* w : {&still.query.weight, &still.query.bias})
    w->mutable_value() = Tensor(w->rows(), w->columns());
  const Variable x(noise(6, to_all_in, 3));
  CHECK(max_abs_difference(of_all(still, x), still.value(x).value()) < 1e-6);
}

TEST_CASE("gradients of Frobenius attention" * doctest::skip(sizeof(Real) != 8)) {
  const FrobeniusAttention layer = to_all(2, Join::mean);
  const Variable x(noise(6, to_all_in, 3), true);
  std::vector<Variable> held{x};
  for (const Parameter& p : layer.parameters())
    held.push_back(p.variable);
  const auto run = [&] {
    Pass pass = Pass::inference();
    return layer(Segments({0, 6}), x, pass).y;
  };
  CHECK(held_gradient_gap(run, held) < 1e-5);
}

TEST_CASE("Frobenius attention wants one segment, and no dropout on pairs") {
  const FrobeniusAttention layer = to_all(1, Join::concat);
  const Variable x(noise(6, to_all_in, 3));
  Pass pass = Pass::inference();
  const auto refused = [&](const Neighbourhood& nodes) {
    CHECK_THROWS_WITH_AS(layer(nodes, x, pass), doctest::Contains("want one segment of all nodes"), ValueError);
  };
  refused(Graph(with_loops(scattered(6))));
  refused(Segments({0, 3, 6}));
  refused(Segments({0, 6}, true));
  Random random(1);
  CHECK_THROWS_WITH_AS(FrobeniusAttention({.in = 2, .width = 2, .attention_dropout = 0.5f}, random),
                       doctest::Contains("attention_dropout"), ValueError);
}
