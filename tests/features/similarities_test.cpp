#include "mercer/features/similarities.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/mixture.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr bool is_single = std::is_same_v<Real, float>;
constexpr double tolerance = is_single ? 2e-5 : 1e-12;
constexpr Index heads = 2, width = 3;
constexpr HeadSizes head_sizes{heads, width};

Compared compare(const Similarity& by, const Variable& q, const Variable& k) {
  Pass pass = Pass::inference();
  return by(q, k, {pass});
}

AttendOptions options_for(const Similarity& by, const Compared& one) {
  return {.heads = heads,
          .normaliser = by.kernel.traits().is_signed ? Normaliser::row_sum : Normaliser::softmax,
          .key_bias = one.key_bias};
}

/// α of a similarity on all pairs of the rows of q and k.
Tensor weights(const Similarity& by, const Tensor& q, const Tensor& k) {
  const Compared one = compare(by, Variable(q), Variable(k));
  return attention_weights(Graph(complete(Segments{{0, q.rows()}})), by.kernel, one.q, one.k, options_for(by, one));
}

/// A similarity of the usual size.
Similarity made(const MakeSimilarity& options) {
  Random random(5);
  return options(head_sizes, random);
}

/// κ(i, j, h) of all pairs, each divided by the sum of its row.
template <class Kappa>
Tensor weights_by(Index n, Kappa kappa) {
  Tensor alpha(n * n, heads);
  for (Index i = 0; i < n; ++i)
    for (Index h = 0; h < heads; ++h) {
      double sum = 0;
      for (Index j = 0; j < n; ++j)
        sum += kappa(i, j, h);
      for (Index j = 0; j < n; ++j)
        alpha(i * n + j, h) = static_cast<Real>(kappa(i, j, h) / sum);
    }
  return alpha;
}

/// Σ_c f(q_ic, k_jc) over one head.
template <class F>
double over_head(const Tensor& q, const Tensor& k, Index i, Index j, Index h, F f) {
  double sum = 0;
  for (Index c = h * width; c < (h + 1) * width; ++c)
    sum += f(static_cast<double>(q(i, c)), static_cast<double>(k(j, c)));
  return sum;
}

double product(double a, double b) { return a * b; }
double squared_gap(double a, double b) { return (a - b) * (a - b); }
double gap(double a, double b) { return std::abs(a - b); }
double shared(double a, double b) { return std::abs(a) + std::abs(b) - std::abs(a - b); }

/// Changes parameters that start at 0 or equal, so that errors show.
void stir(Similarity& by, double scale = 0.5) {
  std::uint64_t seed = 50;
  for (Parameter& p : by.parameters) {
    const Tensor more = noise(p.variable.rows(), p.variable.columns(), seed++, scale);
    for (std::size_t n = 0; n < more.values().size(); ++n)
      p.variable.mutable_value().values()[n] += more.values()[n];
  }
}

double at(const Similarity& by, std::size_t parameter, Index h) {
  return static_cast<double>(by.parameters[parameter].variable.value()(0, h));
}

struct Named {
  const char* name;
  Similarity similarity;
};

std::vector<Named> all_similarities() {
  std::vector<Named> all{{"bandwidth of gaussian", learned_bandwidth(Gaussian{2}, head_sizes)},
                         {"relevance of gaussian", made(RelevanceOptions{})},
                         {"relevance of laplacian", made(RelevanceOptions{Laplacian{}})},
                         {"cosine", made(CosineOptions{})},
                         {"normalised dot", made(NormalisedDotOptions{})},
                         {"series exp", made(StandardisedSeriesOptions{Series::exponential})},
                         {"series inv", made(StandardisedSeriesOptions{Series::inverse})},
                         {"series logi", made(StandardisedSeriesOptions{Series::logarithm})},
                         {"series sqrt", made(StandardisedSeriesOptions{Series::root})},
                         {"mixture", made(MixtureOptions{.components = 3, .rank = 2, .shift = 2})},
                         {"mixture of full rank", made(MixtureOptions{})},
                         {"bilinear", made(BilinearOptions{})}};
  for (const Energy which :
       {Energy::dot, Energy::rbf, Energy::inverse_quadratic, Energy::laplace, Energy::module, Energy::module_release})
    all.push_back({"energy as logit", made(EnergyOptions{which, EnergyAs::logit})});
  for (const Energy which : {Energy::rbf, Energy::inverse_quadratic, Energy::module})
    all.push_back({"energy as weight", made(EnergyOptions{which, EnergyAs::weight})});
  for (Named& one : all)
    stir(one.similarity);
  return all;
}

}  // namespace

TEST_CASE("gradients of every similarity: x and all parameters" * doctest::skip(is_single)) {
  const Graph g(scattered(9));
  for (const Named& one : all_similarities()) {
    CAPTURE(one.name);
    const Similarity& by = one.similarity;
    const Variable q(noise(9, heads * width, 1), true), k(noise(9, heads * width, 2), true), v(noise(9, heads * 2, 3));
    std::vector<Variable> held{q, k};
    for (const Parameter& p : by.parameters)
      held.push_back(p.variable);
    const auto run = [&] {
      const Compared c = compare(by, q, k);
      return attend(g, by.kernel, c.q, c.k, v, options_for(by, c));
    };
    CHECK(held_gradient_gap(run, held) < 1e-6);
  }
}

TEST_CASE("zero rows, and no rows, have finite weights and gradients") {
  for (const Named& one : all_similarities())
    for (const Index n : {0, 1, 5}) {
      CAPTURE(one.name);
      const Similarity& by = one.similarity;
      const Graph g(cycle(n));
      const Variable x(Tensor(n, heads * width), true), v(noise(n, heads, 3));
      const Compared c = compare(by, x, x);
      Variable y = attend(g, by.kernel, c.q, c.k, v, options_for(by, c));
      CHECK(all_finite(y.value()));
      y.backward(Tensor::filled(n, heads, 1));
      CHECK(all_finite(x.grad()));
    }
}

TEST_CASE("the mixture kernel by its definition") {
  const Index n = 7, C = 3, r = 2;
  Similarity by = made(MixtureOptions{.components = C, .rank = r, .shift = Real(1.5)});
  stir(by);
  const Tensor q = noise(n, heads * width, 1), k = noise(n, heads * width, 2);
  const Tensor &R = by.parameters[0].variable.value(), &mean = by.parameters[1].variable.value(),
               &raw = by.parameters[2].variable.value();
  const double root = std::pow(static_cast<double>(width), 0.25);
  const auto kappa = [&](Index i, Index j, Index h) {
    double shares = 0, sum = 1.5;
    for (Index c = 0; c < C; ++c)
      shares += std::exp(static_cast<double>(raw(h, c)));
    for (Index c = 0; c < C; ++c) {
      double square = 0, phase = 0;
      for (Index s = 0; s < r; ++s) {
        double u = 0;
        for (Index t = 0; t < width; ++t)
          u += static_cast<double>(R(h * width + t, c * r + s)) *
               static_cast<double>(q(i, h * width + t) - k(j, h * width + t)) / root;
        square += u * u;
      }
      for (Index t = 0; t < width; ++t)
        phase += static_cast<double>(mean(h * width + t, c)) *
                 static_cast<double>(q(i, h * width + t) - k(j, h * width + t)) / root;
      sum += std::exp(static_cast<double>(raw(h, c))) / shares * std::exp(-square / 2) * std::cos(phase);
    }
    return sum;
  };
  CHECK(max_abs_difference(weights(by, q, k), weights_by(n, kappa)) < tolerance);
}

TEST_CASE("the mixture kernel is the expectation over frequencies drawn from the mixture") {
  Random random(7);
  Similarity by = MixtureOptions{.components = 2, .shift = 0}({1, width}, random);
  stir(by);
  const Tensor q = noise(1, width, 1), k = noise(1, width, 2);
  const Tensor &R = by.parameters[0].variable.value(), &mean = by.parameters[1].variable.value(),
               &raw = by.parameters[2].variable.value();
  const auto kernel = by.kernel.get<SpectralMixture>();
  const Compared one = compare(by, Variable(q), Variable(k));
  std::vector<Real> t(static_cast<std::size_t>(kernel.values()));
  const double exact = kernel.value(one.q.value().row(0), one.k.value().row(0), t.data(), 1);
  const double first_share = 1 / (1 + std::exp(static_cast<double>(raw(0, 1) - raw(0, 0))));
  const double root = std::pow(static_cast<double>(width), 0.25);
  Random draws(8);
  const int count = 400000;
  double sum = 0;
  for (int n = 0; n < count; ++n) {
    const Index c = draws.uniform() < first_share ? 0 : 1;
    double phase = 0;
    for (Index t = 0; t < width; ++t)
      phase += static_cast<double>(mean(t, c)) * static_cast<double>(q(0, t) - k(0, t)) / root;
    for (Index s = 0; s < kernel.rank; ++s) {
      const double z = draws.normal();
      for (Index t = 0; t < width; ++t)
        phase += z * static_cast<double>(R(t, c * kernel.rank + s)) * static_cast<double>(q(0, t) - k(0, t)) / root;
    }
    sum += std::cos(phase);
  }
  CHECK(sum / count == doctest::Approx(exact).epsilon(0.01));  // 1/√count = 0.0016
}

TEST_CASE("a mixture starts at Σ = I, even where its rank covers a part; its frequencies stay out of weight decay") {
  Random random(9);
  const Similarity by = MixtureOptions{.components = 2, .shift = 0}(head_sizes, random);
  Variable mean = by.parameters[1].variable;
  for (const Real value : mean.value().values())
    CHECK(std::abs(value) <= 1 / std::sqrt(Real(width)));
  mean.mutable_value().set_zero();
  const Tensor q = noise(6, heads * width, 1), k = noise(6, heads * width, 2);
  const auto gaussian = [&](Index i, Index j, Index h) {
    return std::exp(-over_head(q, k, i, j, h, squared_gap) / (2 * std::sqrt(static_cast<double>(width))));
  };
  CHECK(max_abs_difference(weights(by, q, k), weights_by(6, gaussian)) < tolerance);
  for (const Parameter& p : by.parameters)
    CHECK_FALSE(p.decays);
  CHECK(MixtureOptions{}({1, 40}, random).parameters[0].variable.columns() == 2 * 16);
  CHECK_THROWS_AS(MixtureOptions{.components = 0}(head_sizes, random), ValueError);
  CHECK_THROWS_WITH_AS(MixtureOptions{.rank = 4}(head_sizes, random), doctest::Contains("rank: got 4, want 1 to 3"),
                       ValueError);
}

TEST_CASE("the bilinear softmax is the expectation of positive features of a Gaussian distribution") {
  Similarity by = made(BilinearOptions{});
  stir(by, 0.3);
  const Index n = 4;
  const Tensor q = noise(n, heads * width, 1, 0.5), k = noise(n, heads * width, 2, 0.5);
  const Tensor &log_scale = by.parameters[0].variable.value(), &mean = by.parameters[1].variable.value();
  const double root = std::pow(static_cast<double>(width), 0.25);
  // E φ(q) φ(k) over ω ~ N(μ, Σ), φ(x) = exp(ω·x − |x|²): drawn
  std::vector<double> estimate(static_cast<std::size_t>(n * n * heads), 0);
  Random draws(11);
  for (int draw = 0; draw < 100000; ++draw)
    for (Index h = 0; h < heads; ++h) {
      double omega[width];
      for (Index t = 0; t < width; ++t)
        omega[t] = static_cast<double>(mean(0, h * width + t)) +
                   std::exp(static_cast<double>(log_scale(0, h * width + t))) * draws.normal();
      const auto feature = [&](const Tensor& x, Index i) {
        double exponent = 0;
        for (Index t = 0; t < width; ++t) {
          const double value = static_cast<double>(x(i, h * width + t)) / root;
          exponent += omega[t] * value - value * value;
        }
        return std::exp(exponent);
      };
      double of_k[n];
      for (Index j = 0; j < n; ++j)
        of_k[j] = feature(k, j);
      for (Index i = 0; i < n; ++i) {
        const double of_q = feature(q, i);
        for (Index j = 0; j < n; ++j)
          estimate[static_cast<std::size_t>((i * n + j) * heads + h)] += of_q * of_k[j];
      }
    }
  const Tensor want = weights_by(
      n, [&](Index i, Index j, Index h) { return estimate[static_cast<std::size_t>((i * n + j) * heads + h)]; });
  CHECK(max_abs_difference(weights(by, q, k), want) < 0.01);
}

TEST_CASE("the bilinear softmax starts as a Gaussian kernel") {
  const Tensor q = noise(6, heads * width, 1), k = noise(6, heads * width, 2);
  const auto gaussian = [&](Index i, Index j, Index h) {
    return std::exp(-over_head(q, k, i, j, h, squared_gap) / (2 * std::sqrt(static_cast<double>(width))));
  };
  CHECK(max_abs_difference(weights(made(BilinearOptions{}), q, k), weights_by(6, gaussian)) < tolerance);
}

TEST_CASE("cosine, normalised dot and bandwidth by their definitions") {
  const Tensor q = noise(6, heads * width, 1), k = noise(6, heads * width, 2);
  const auto angle = [&](Index i, Index j, Index h) {
    return over_head(q, k, i, j, h, product) /
           std::sqrt(over_head(q, q, i, i, h, product) * over_head(k, k, j, j, h, product));
  };
  CHECK(max_abs_difference(weights(made(CosineOptions{}), q, k),
                           weights_by(6, [&](Index i, Index j, Index h) { return angle(i, j, h) + 1; })) < tolerance);
  Similarity by = made(NormalisedDotOptions{});
  stir(by);
  CHECK(max_abs_difference(weights(by, q, k), weights_by(6, [&](Index i, Index j, Index h) {
                             return std::exp(angle(i, j, h) / std::exp(at(by, 0, h)));
                           })) < tolerance);
  by = learned_bandwidth(Laplacian{2}, head_sizes);
  stir(by);
  CHECK(max_abs_difference(weights(by, q, k), weights_by(6, [&](Index i, Index j, Index h) {
                             return std::exp(-over_head(q, k, i, j, h, gap) / (2 * std::exp(at(by, 0, h))));
                           })) < tolerance);
}

TEST_CASE("relevance: each component has its own scale, starting at the fitted kernel") {
  const Tensor q = noise(6, heads * width, 1), k = noise(6, heads * width, 2);
  CHECK(same_bits(weights(made(RelevanceOptions{}), q, k), weights(made(Fitted{Gaussian{}}), q, k)));
  Similarity by = made(RelevanceOptions{Laplacian{}});
  stir(by);
  CHECK_FALSE(by.parameters.at(0).decays);
  const auto kappa = [&](Index i, Index j, Index h) {
    double distance = 0;
    for (Index c = h * width; c < (h + 1) * width; ++c)
      distance += std::exp(at(by, 0, c)) * gap(q(i, c), k(j, c));
    return std::exp(-distance / std::sqrt(static_cast<double>(width)));
  };
  CHECK(max_abs_difference(weights(by, q, k), weights_by(6, kappa)) < tolerance);
  CHECK_THROWS_WITH_AS(made(RelevanceOptions{Additive{}}), doctest::Contains("kernel: got gat, want one of"),
                       ValueError);
  CHECK_THROWS_AS(made(RelevanceOptions{Constant{}}), ValueError);
}

TEST_CASE("SchoenbAt's kernels by their Maclaurin series; sinh + cosh is the exponential") {
  const Tensor q = noise(6, heads * width, 1), k = noise(6, heads * width, 2);
  const auto centred = [](Tensor x) {
    for (Index i = 0; i < x.rows(); ++i)
      for (Index h = 0; h < heads; ++h) {
        Real mean = 0;
        for (Index c = h * width; c < (h + 1) * width; ++c)
          mean += x(i, c) / width;
        for (Index c = h * width; c < (h + 1) * width; ++c)
          x(i, c) -= mean;
      }
    return x;
  };
  const Tensor a = centred(q), b = centred(k);
  using Coefficient = double (*)(int, double);  // a_n from n and a_{n−1}
  const std::pair<Series, Coefficient> table[] = {
      {Series::exponential, [](int n, double before) { return before / n; }},
      {Series::inverse, [](int, double) { return 1.0; }},
      {Series::logarithm, [](int n, double) { return 1.0 / n; }},
      {Series::root, [](int n, double before) { return n == 1 ? 0.5 : before * (2 * n - 3) / (2 * n); }}};
  for (const auto& [series, coefficient] : table) {
    Similarity by = made(StandardisedSeriesOptions{series});
    CHECK(at(by, 0, 0) == 0);  // c = ½
    stir(by, 0.3);
    const auto kappa = [&, next = coefficient](Index i, Index j, Index h) {
      const double z = over_head(a, b, i, j, h, product) /
                       std::sqrt(over_head(a, a, i, i, h, product) * over_head(b, b, j, j, h, product)) /
                       (1 + std::exp(-at(by, 0, h)));
      double sum = 1, term = 1, power = 1;
      for (int n = 1; n <= 200; ++n) {
        term = next(n, term);
        power *= z;
        sum += term * power;
      }
      return sum;
    };
    CHECK(max_abs_difference(weights(by, q, k), weights_by(6, kappa)) < tolerance);
  }
}

TEST_CASE("SA-AbMILP's energies by their definitions, as weight and as logit") {
  const Tensor q = noise(6, heads * width, 1), k = noise(6, heads * width, 2);
  const auto check = [&](Energy which, EnergyAs as, auto&& value) {
    Similarity by = made(EnergyOptions{which, as});
    stir(by);
    const Tensor want = weights_by(6, [&](Index i, Index j, Index h) {
      const double a = by.parameters.empty() ? 1 : std::log1p(std::exp(at(by, 0, h)));
      const double e = value(a, i, j, h);
      return as == EnergyAs::logit ? std::exp(e) : e;
    });
    CHECK(max_abs_difference(weights(by, q, k), want) < tolerance);
  };
  for (const EnergyAs as : {EnergyAs::weight, EnergyAs::logit}) {
    check(Energy::rbf, as,
          [&](double a, Index i, Index j, Index h) { return std::exp(-a * over_head(q, k, i, j, h, squared_gap)); });
    check(Energy::inverse_quadratic, as,
          [&](double a, Index i, Index j, Index h) { return 1 / (a * over_head(q, k, i, j, h, squared_gap) + 1); });
    check(Energy::module, as,
          [&](double a, Index i, Index j, Index h) { return a * over_head(q, k, i, j, h, shared); });
  }
  check(Energy::dot, EnergyAs::logit,
        [&](double, Index i, Index j, Index h) { return over_head(q, k, i, j, h, product); });
  check(Energy::laplace, EnergyAs::logit,
        [&](double a, Index i, Index j, Index h) { return -a * over_head(q, k, i, j, h, gap); });
  check(Energy::module_release, EnergyAs::logit,
        [&](double a, Index i, Index j, Index h) { return -a * over_head(q, k, i, j, h, shared); });
  CHECK(made(EnergyOptions{Energy::dot, EnergyAs::weight}).kernel.is<InnerProduct>());
  CHECK_THROWS_AS(made(EnergyOptions{Energy::laplace, EnergyAs::weight}), ValueError);
  CHECK_THROWS_AS(made(EnergyOptions{Energy::module_release, EnergyAs::weight}), ValueError);
}

TEST_CASE("energies in (0, 1] as logits give weights within a factor of e") {
  const Tensor q = noise(8, heads * width, 1, 4), k = noise(8, heads * width, 2, 4);
  const Tensor alpha = weights(made(EnergyOptions{}), q, k);
  for (Index i = 0; i < 8; ++i)
    for (Index a = 0; a < 8; ++a)
      for (Index b = 0; b < 8; ++b)
        CHECK(alpha(i * 8 + a, 0) <= alpha(i * 8 + b, 0) * 2.7183);
}
