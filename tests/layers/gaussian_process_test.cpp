#include "mercer/layers/gaussian_process.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <type_traits>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index process_heads = 2, outputs = 3;

GaussianProcess process_of() {
  Random random(4);
  GaussianProcess process(process_heads, outputs, random);
  process.log_scale.mutable_value() = noise(process_heads * outputs, outputs, 5, 0.3);
  process.lower.mutable_value() = noise(process_heads * outputs, outputs * outputs, 6, 0.5);
  return process;
}

const Tensor inverse_scales = [] {
  Tensor w(1, process_heads * outputs);
  for (Index c = 0; c < w.columns(); ++c)
    w(0, c) = Real(0.5) + Real(0.3) * static_cast<Real>(c);
  return w;
}();

/// L of one head and output.
double entry(const GaussianProcess& process, Index h, Index t, Index a, Index b) {
  if (b > a) return 0;
  if (b == a) return std::exp(static_cast<double>(process.log_scale.value()(h * outputs + a, t)));
  return static_cast<double>(process.lower.value()(h * outputs + a, t * outputs + b));
}

}  // namespace

TEST_CASE("a Gaussian process in training has the mean and the covariance of its posterior, in evaluation the mean") {
  const GaussianProcess process = process_of();
  const Index draws = 40000;
  Tensor u(draws, process_heads * outputs);  // one row, many draws
  const Tensor one = noise(1, process_heads * outputs, 7);
  for (Index i = 0; i < draws; ++i)
    std::copy_n(one.row(0), one.size(), u.row(i));
  Pass still = Pass::inference(), training = Pass::training(3, 1);
  const Tensor mean = process(Variable(one), Variable(inverse_scales), process.factors(), still).value(),
               F = process(Variable(u), Variable(inverse_scales), process.factors(), training).value();
  for (Index h = 0; h < process_heads; ++h)
    for (Index t = 0; t < outputs; ++t) {
      const Index column = h * outputs + t;
      double want_mean = 0, want_variance = 0, got_mean = 0, got_variance = 0;
      for (Index b = 0; b < outputs; ++b) {
        double along = 0;
        for (Index a = 0; a < outputs; ++a) {
          const double v =
              static_cast<double>(one(0, h * outputs + a)) * static_cast<double>(inverse_scales(0, h * outputs + a));
          along += v * entry(process, h, t, a, b);
          if (b == 0) want_mean += v * static_cast<double>(process.mean.value()(h * outputs + a, t));
        }
        want_variance += along * along;
      }
      for (Index i = 0; i < draws; ++i)
        got_mean += static_cast<double>(F(i, column)) / static_cast<double>(draws);
      for (Index i = 0; i < draws; ++i)
        got_variance += std::pow(static_cast<double>(F(i, column)) - got_mean, 2) / static_cast<double>(draws);
      CHECK(static_cast<double>(mean(0, column)) == doctest::Approx(want_mean).epsilon(1e-4));
      CHECK(std::abs(got_mean - want_mean) < 5 * std::sqrt(want_variance / static_cast<double>(draws)));
      CHECK(got_variance == doctest::Approx(want_variance).epsilon(0.05));
    }
}

TEST_CASE("the divergence from the prior by definition; 0 where both are the same") {
  GaussianProcess process = process_of();
  double want = 0;
  for (Index h = 0; h < process_heads; ++h)
    for (Index t = 0; t < outputs; ++t) {
      want -= static_cast<double>(outputs) / 2;
      for (Index a = 0; a < outputs; ++a) {
        const auto w = static_cast<double>(inverse_scales(0, h * outputs + a));
        want += std::pow(w * static_cast<double>(process.mean.value()(h * outputs + a, t)), 2) / 2 - std::log(w) -
                std::log(entry(process, h, t, a, a));
        for (Index b = 0; b < outputs; ++b)
          want += std::pow(w * entry(process, h, t, a, b), 2) / 2;
      }
    }
  CHECK(static_cast<double>(process.divergence(Variable(inverse_scales), process.factors()).value()(0, 0)) ==
        doctest::Approx(want).epsilon(1e-4));
  process.mean.mutable_value().set_zero();
  process.lower.mutable_value().set_zero();
  for (Index row = 0; row < process_heads * outputs; ++row)
    for (Index t = 0; t < outputs; ++t)
      process.log_scale.mutable_value()(row, t) = -std::log(inverse_scales(0, row));
  CHECK(std::abs(static_cast<double>(process.divergence(Variable(inverse_scales), process.factors()).value()(0, 0))) <
        1e-5);
}

TEST_CASE("gradients of a Gaussian process, and of primal attention below it" *
          doctest::skip(std::is_same_v<Real, float>)) {
  const GaussianProcess process = process_of();
  const Variable u(noise(4, process_heads * outputs, 8), true), w(inverse_scales, true);
  std::vector<Variable> held{u, w, process.mean, process.log_scale, process.lower};
  const auto both = [&] {
    Pass pass = Pass::training(3, 1);
    const Variable L = process.factors();
    return concat({reshape(process(u, w, L, pass), 1, 4 * process_heads * outputs), process.divergence(w, L)});
  };
  CHECK(held_gradient_gap(both, held) < 1e-6);

  Random random(5);
  const PrimalAttention layer({.in = 3, .width = 2, .heads = 2}, {.rank = 3, .gaussian_process = true}, random);
  const Variable x(noise(6, 3, 9), true);
  held = {x};
  for (const Parameter& p : layer.parameters())
    if (p.variable.wants_grad()) held.push_back(p.variable);
  const auto run = [&] {
    Pass pass = Pass::training(3, 1);
    const Output out = layer(Segments({0, 4, 6}), x, pass);
    return concat({reshape(out.y, 1, out.y.value().size()), out.penalty});
  };
  CHECK(held_gradient_gap(run, held) < 1e-6);
}

TEST_CASE("primal attention below a Gaussian process: its parameters, and its divergence per example") {
  Random random(5);
  const PrimalAttention layer({.in = 3, .width = 2, .heads = 2},
                              {.rank = 3, .eta = 0, .gaussian_process = true, .lambda_kl = 2}, random);
  for (const Parameter& p : layer.parameters())
    CHECK(p.name.find("from_r") == std::string::npos);
  const Variable x(noise(6, 3, 9)), lambda = softplus(layer.singular_weight);
  Pass pass = Pass::training(3, 1, 40);
  const double got = static_cast<double>(layer(Segments({0, 6}), x, pass).penalty.value()(0, 0));
  const double whole =
      static_cast<double>(layer.process->divergence(multiply(lambda, lambda), layer.process->factors()).value()(0, 0));
  CHECK(got == doctest::Approx(2 * whole / 40).epsilon(1e-4));
  CHECK_THROWS_AS(PrimalAttention({.in = 3, .width = 2, .heads = 2}, {.lambda_kl = -1}, random), ValueError);
}
