#include "mercer/features/sampler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "features/drawn.hpp"
#include "mercer/autograd/functions.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

FrequencySampler sampler(SamplerOptions options = {},
                         FrequencySizes sizes = {.heads = 3, .width = 4, .frequencies = 8}) {
  Random random(1);
  return {options, sizes, random};
}

/// [a, b, c] of a file as [a*b, c], or back to front.
struct Cube {
  explicit Cube(const NpyArray& array) : shape(array.shape), values(array.as<double>()) {}
  double at(Index a, Index b, Index c) const {
    return values[static_cast<std::size_t>((a * shape[1] + b) * shape[2] + c)];
  }
  std::vector<Index> shape;
  std::vector<double> values;
};

/// Correlation of the draws of two heads in one channel.
double correlation(const Tensor& x, Index M, Index a, Index b, Index channel) {
  double ab = 0, aa = 0, bb = 0;
  for (Index m = 0; m < M; ++m) {
    const double of_a = static_cast<double>(x(a * M + m, channel)), of_b = static_cast<double>(x(b * M + m, channel));
    ab += of_a * of_b, aa += of_a * of_a, bb += of_b * of_b;
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("the copula network and the frequency network are the release's" * doctest::skip(no_golden())) {
  const Npz file(golden_folder() / "mikan_sampler.npz");
  const Golden golden("mikan_sampler");
  const Cube q(file.at("q")), k(file.at("k")), L(file.at("L")), z(file.at("z")), w(file.at("w"));
  const Index h = q.shape[0], n = q.shape[1], d = q.shape[2], M = z.shape[2];
  FrequencySampler made = sampler({.release = true, .prior = static_cast<Real>(file.at("prior_scale").as<double>()[0])},
                                  {.heads = h, .width = d, .frequencies = M});
  const auto set = [&](FrequencySampler::Dense& layer, const std::string& weight, const std::string& bias) {
    layer.weight.mutable_value() = golden.tensor("p_" + weight);
    layer.bias.mutable_value() = golden.tensor("p_" + bias);
  };
  set(made.trunk, "copula_w1", "copula_b1");
  set(made.mean, "copula_w2", "copula_b2");
  set(made.log_sigma, "copula_w3", "copula_b3");
  set(made.copula, "copula_copula_w1", "copula_copula_b1");
  for (const std::string l : {"1", "2", "3"})
    set(made.networks[0][static_cast<std::size_t>(std::stoi(l) - 1)], "wnet_w" + l, "wnet_b" + l);

  const auto heads = [&](const Cube& cube) {
    Tensor x(n, h * d);
    for (Index a = 0; a < h; ++a)
      for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < d; ++c)
          x(i, a * d + c) = static_cast<Real>(cube.at(a, i, c));
    return x;
  };
  const auto moments = made.moments(Variable(heads(q)), Variable(heads(k)));
  CHECK(relative_gap(moments.mean.value(), transposed(golden.tensor("mu"))) < golden_tolerance);
  CHECK(relative_gap(moments.log_sigma.value(), transposed(golden.tensor("log_sigma"))) < golden_tolerance);
  const Tensor& u = moments.u.value();
  for (Index c = 0; c < d; ++c)
    for (Index a = 0; a < h; ++a)
      for (Index b = 0; b < a; ++b)
        CHECK(static_cast<double>(u(a, c) * u(b, c)) == doctest::Approx(L.at(c, a, b)).epsilon(1e-5));

  Tensor points(h * M, d), want(h * d, M);
  for (Index c = 0; c < d; ++c)
    for (Index a = 0; a < h; ++a)
      for (Index m = 0; m < M; ++m) {
        points(a * M + m, c) = static_cast<Real>(z.at(c, a, m));
        want(a * d + c, m) = static_cast<Real>(w.at(c, a, m));
      }
  CHECK(relative_gap(transpose_heads(made.network(0, Variable(points)), h).value(), want) < golden_tolerance);
}

TEST_CASE("the frequency network is odd") {  // t8
  const FrequencySampler made = sampler();
  const Tensor z = noise(10, 4, 2);
  const Variable there = made.network(1, Variable(z)), back = made.network(1, scale(Variable(z), -1));
  CHECK(max_abs_difference(scale(there, -1).value(), back.value()) == 0);
  CHECK(max_abs_difference(there.value(), Tensor(10, 4)) > 0);
}

TEST_CASE("z = ±mu + sigma X is the quantile of the clamped uniform") {  // t9
  const FrequencySampler made = sampler();
  const auto moments = made.moments(Variable(noise(6, 12, 3)), Variable(noise(6, 12, 4)));
  const Variable X = made.draws(moments, Variable(drawn(made, 5)));
  const Tensor z = made.points(moments, X).value();
  for (const Real x : X.value().values())
    CHECK(std::abs(x) <= 2);
  for (Index h = 0; h < 3; ++h)
    for (Index m = 0; m < 8; ++m)
      for (Index c = 0; c < 4; ++c) {
        const double mean = (m < 4 ? 1 : -1) * static_cast<double>(moments.mean.value()(h, c));
        const double sigma = std::exp(static_cast<double>(moments.log_sigma.value()(h, c)));
        // F(z) = Φ((z − mean) / sigma) has to be U = Φ(X)
        const auto cdf = [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; };
        const double back = cdf((static_cast<double>(z(h * 8 + m, c)) - mean) / sigma);
        CHECK(back == doctest::Approx(cdf(static_cast<double>(X.value()(h * 8 + m, c)))).epsilon(1e-4));
      }
}

TEST_CASE("the copula correlates heads, the released one doesn't") {
  constexpr Index M = 6000;
  const FrequencySizes sizes{.heads = 3, .width = 2, .frequencies = M};
  const auto drawn_by = [&](bool release) {
    const FrequencySampler made = sampler({.release = release}, sizes);
    FrequencySampler::Moments moments;
    moments.u = Variable(Tensor::from({{Real(0.9), Real(0.1)}, {Real(0.8), Real(0.2)}, {Real(-0.9), Real(0.3)}}));
    return made.draws(moments, Variable(drawn(made, 6))).value();
  };
  const Tensor mixed = drawn_by(false), released = drawn_by(true);
  // corr = L Lᵀ with rows of length 1: for heads 1 and 0, 0.72 / √(1 + 0.72²)
  CHECK(correlation(mixed, M, 1, 0, 0) == doctest::Approx(0.72 / std::sqrt(1 + 0.72 * 0.72)).epsilon(0.05));
  CHECK(correlation(mixed, M, 2, 0, 0) < -0.3);
  // as released, a head's draws are its own noise times its row sum of L: other heads' noise does not matter
  const Tensor e = drawn(sampler({}, sizes), 6);
  const double row_sum = 1 + 0.8 * 0.9;
  for (Index m = 0; m < M; ++m)
    CHECK(static_cast<double>(released(M + m, 0)) ==
          doctest::Approx(std::clamp(row_sum * static_cast<double>(e(M + m, 0)), -2.0, 2.0)).epsilon(1e-5));
  CHECK(std::abs(correlation(mixed, M, 1, 0, 1)) < 0.06);
}

TEST_CASE("matrices start at ±1/√d, also the one with 2d rows") {
  const FrequencySampler made = sampler({}, {.heads = 1, .width = 32, .frequencies = 2});
  const double bound = 1 / std::sqrt(32.0);
  for (const auto* layer : {&made.trunk, &made.mean, &made.networks[1][2]}) {
    double largest = 0;
    for (const Real value : layer->weight.value().values())
      largest = std::max(largest, std::abs(static_cast<double>(value)));
    CHECK(largest <= bound * (1 + 1e-6));
    CHECK(largest > 0.95 * bound);
  }
}

TEST_CASE("the penalty is KL against the prior, and the heads' mutual information") {
  const Variable q(noise(6, 12, 3)), k(noise(6, 12, 4));
  const FrequencySampler plain = sampler(), with_copula = sampler({.lambda_kl = 0, .lambda_copula = 2}),
                         released = sampler({.release = true, .lambda_kl = 0, .lambda_copula = 1});
  const Variable noise(drawn(plain, 7));
  const auto moments = plain.moments(q, k);
  double kl = 0, information = 0, entropy = 0;
  for (Index c = 0; c < 4; ++c) {
    double squares = 0;
    for (Index h = 0; h < 3; ++h) {
      const double mu = static_cast<double>(moments.mean.value()(h, c)),
                   u = static_cast<double>(moments.u.value()(h, c));
      const double sigma = std::exp(static_cast<double>(moments.log_sigma.value()(h, c)));
      kl += std::log(0.1 / sigma) + (sigma * sigma + mu * mu) / (2 * 0.01) - 0.5;
      information += std::log(1 + u * u * squares) / 2;
      squares += u * u;
    }
  }
  CHECK(static_cast<double>(plain(q, k, noise).penalty.value()(0, 0)) == doctest::Approx(0.1 * kl).epsilon(1e-4));
  CHECK(static_cast<double>(with_copula(q, k, noise).penalty.value()(0, 0)) ==
        doctest::Approx(2 * information).epsilon(1e-4));
  const Tensor X = released.draws(released.moments(q, k), noise).value();
  for (const Real x : X.values()) {
    const double U = std::erfc(-static_cast<double>(x) / std::sqrt(2.0)) / 2;
    entropy -= U * std::log(U + 1e-5);
  }
  CHECK(static_cast<double>(released(q, k, noise).penalty.value()(0, 0)) == doctest::Approx(entropy).epsilon(1e-4));
}

TEST_CASE(
    "the deviation of frequencies at the start: 0.0316 of IKAN, the prior 0.1 of MIKAN; both have no divergence") {
  const FrequencySizes many{.heads = 3, .width = 4, .frequencies = 4000};
  FrequencySampler ikan = sampler({.copula = false}, many), mikan = sampler({}, many);
  for (FrequencySampler* made : {&ikan, &mikan}) {
    for (auto* layer : {&made->log_sigma, &made->mean})
      layer->weight.mutable_value().set_zero();
    if (made == &mikan) made->copula.weight.mutable_value().set_zero();
    const Variable q(noise(2, 12, 1)), k(noise(2, 12, 2)), e(drawn(*made, 3));
    const auto moments = made->moments(q, k);
    double squares = 0;
    const Tensor z = made->points(moments, made->draws(moments, e)).value();
    for (const Real value : z.values())
      squares += static_cast<double>(value * value) / static_cast<double>(z.size());
    // MIKAN clamps at two deviations, which leaves 0.92 of the variance
    const double want = made == &ikan ? std::sqrt(0.1) / 10 : 0.1 * std::sqrt(0.920536);
    CHECK(std::sqrt(squares) == doctest::Approx(want).epsilon(0.01));
    CHECK(std::abs(static_cast<double>((*made)(q, k, e).penalty.value()(0, 0))) < 1e-5);
  }
  CHECK(ikan.parameters().size() == 2 * (3 + 6));
  CHECK(mikan.parameters().size() == 2 * (4 + 6));
}
