#include "mercer/features/spectral.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// s = ⟨φ(q_i), φ(k_j)⟩ · scale of one head.
double similarity(const Spectrum& spectrum, const Tensor& phi_q, const Tensor& phi_k, Index i, Index j) {
  double sum = 0;
  for (Index c = 0; c < phi_q.columns(); ++c)
    sum += static_cast<double>(phi_q(i, c)) * phi_k(j, c);
  return sum * static_cast<double>(spectrum.kernel().scale);
}

}  // namespace

TEST_CASE("|s| ≤ 1, and s(x, x) is the mean of (1 + cos 2π(w1 − w2)·x) / 2") {  // t3
  Random random(1);
  const Index d = 4, M = 16;
  const Spectrum spectrum({.width = d, .frequencies = M, .start = FrequencyStart::release}, random);
  const Tensor x = noise(20, d, 2, 3);
  const Tensor phi = spectrum.features(Variable(x)).value();
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index j = 0; j < x.rows(); ++j)
      CHECK(std::abs(similarity(spectrum, phi, phi, i, j)) < 1 + 1e-5);
    double mean = 0;
    for (Index m = 0; m < M; ++m) {
      double turns = 0;
      for (Index c = 0; c < d; ++c)
        turns += static_cast<double>(spectrum.first.value()(c, m) - spectrum.second.value()(c, m)) * x(i, c);
      mean += (1 + std::cos(2 * std::numbers::pi * turns)) / (2 * static_cast<double>(M));
    }
    CHECK(similarity(spectrum, phi, phi, i, i) == doctest::Approx(mean).epsilon(1e-5));
  }
}

TEST_CASE("equal sets make the stationary kernel") {  // t5
  Random random(3);
  Spectrum two({.heads = 2, .width = 3, .frequencies = 8}, random);
  two.second.mutable_value() = two.first.value();
  Spectrum one({.heads = 2, .width = 3, .frequencies = 8, .stationary = true}, random);
  one.first.mutable_value() = two.first.value();
  const Graph g(scattered(12));
  const Variable q(noise(12, 6, 1)), k(noise(12, 6, 2)), v(noise(12, 4, 3));
  const auto run = [&](const Spectrum& s) {
    return attend(g, s.kernel(), s.features(q), s.features(k), v, {.heads = 2}).value();
  };
  CHECK(max_abs_difference(run(one), run(two)) < 1e-5);
}

TEST_CASE("started at the RBF, the layer nears softmax attention as 1/√M") {  // t6
  const Index d = 8, n = 24;
  const Graph g(scattered(n));
  const Variable q(noise(n, d, 1, 0.7)), k(noise(n, d, 2, 0.7));
  const Real root = std::sqrt(static_cast<Real>(d));
  const Tensor softmax = attention_weights(g, Exponential{1 / root}, q, k);
  const auto gap = [&](Index M) {
    double mean = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      Random random(seed);
      const Spectrum spectrum({.width = d, .frequencies = M, .stationary = true}, random);
      const Tensor alpha = attention_weights(g, spectrum.kernel(), spectrum.features(q), spectrum.features(k),
                                             {.key_bias = squared_norm(k, 1, 2, 2 * root)});
      mean += static_cast<double>(max_abs_difference(alpha, softmax)) / 8;
    }
    return mean;
  };
  const double few = gap(64), many = gap(4096);
  CHECK(few < 0.3);
  CHECK(many < few / 4);  // 1/8 by the law
  CHECK(many > few / 16);
}

TEST_CASE("the sets start apart, without weight decay, and sizes are checked") {
  Random random(1);
  const Spectrum spectrum({.heads = 2, .width = 4, .frequencies = 3}, random);
  CHECK(max_abs_difference(spectrum.first.value(), spectrum.second.value()) > 0);
  CHECK(spectrum.parameters("s.").size() == 2);
  for (const Parameter& p : spectrum.parameters("s.")) {
    CHECK_FALSE(p.decays);
    CHECK(p.variable.value().rows() == 8);
  }
  CHECK_THROWS_AS(Spectrum({.width = 4, .frequencies = 0}, random), ValueError);
  CHECK_THROWS_AS(Spectrum({.width = 4, .floor = 0}, random), ValueError);
}
