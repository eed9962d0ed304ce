#include "mercer/features/feature_map.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <string>

#include "features/made.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/fourier.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/joint_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The map behind that similarity.
template <class Map, class Options>
Map map_of(Options options, Index heads, Index width, Index M) {
  Random random(1);
  options.frequencies = M;
  return {options, {heads, width}, random};
}

Compared mapped(const Similarity& by, const Variable& q, const Variable& k) {
  Pass pass = Pass::inference();
  return by(q, k, {pass, {q, k}});
}

double dot(const Tensor& a, Index i, const Tensor& b, Index j) {
  double sum = 0;
  for (Index c = 0; c < a.columns(); ++c)
    sum += static_cast<double>(a(i, c)) * static_cast<double>(b(j, c));
  return sum;
}

/// The smallest eigenvalue of a symmetric matrix, by Jacobi's rotations.
double smallest_eigenvalue(std::vector<std::vector<double>> a) {
  const std::size_t n = a.size();
  for (int sweep = 0; sweep < 30; ++sweep)
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        const double angle = std::atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2, c = std::cos(angle), s = std::sin(angle);
        for (std::size_t k = 0; k < n; ++k) {
          const double kp = a[k][p], kq = a[k][q];
          a[k][p] = c * kp - s * kq, a[k][q] = s * kp + c * kq;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double pk = a[p][k], qk = a[q][k];
          a[p][k] = c * pk - s * qk, a[q][k] = s * pk + c * qk;
        }
      }
  double smallest = a[0][0];
  for (std::size_t i = 0; i < n; ++i)
    smallest = std::min(smallest, a[i][i]);
  return smallest;
}

Csr complete(Index n) {
  std::vector<NodePair> edges;
  for (Node i = 0; i < n; ++i)
    for (Node j = 0; j < n; ++j)
      edges.emplace_back(i, j);
  return from_edges(n, edges);
}

Tensor weights(const Graph& g, const Similarity& map, const Variable& q, const Variable& k,
               AttendOptions options = {}) {
  const Compared phi = mapped(map, q, k);
  if (phi.key_bias) options.key_bias = options.key_bias ? add(options.key_bias, phi.key_bias) : phi.key_bias;
  return attention_weights(g, map.kernel, phi.q, phi.k, options);
}

}  // namespace

TEST_CASE("|s| ≤ 1, and s(x, x) is the mean of (1 + cos 2π(w1 − w2)·x) / 2") {  // t3
  const Index d = 4, M = 16;
  const Similarity map = made(fourier(LearnedOptions{.start = FrequencyStart::release}), 1, d, M);
  const FourierMap same = map_of<FourierMap>(fourier(LearnedOptions{.start = FrequencyStart::release}), 1, d, M);
  const auto& distribution = std::get<LearnedFrequencies>(same.distribution);
  const Tensor x = noise(20, d, 2, 3), phi = mapped(map, Variable(x), Variable(x)).q.value();
  const auto scale = static_cast<double>(map.kernel.get<SquaredInnerProduct>().scale);
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index j = 0; j < x.rows(); ++j)
      CHECK(std::abs(dot(phi, i, phi, j) * scale) < 1 + 1e-5);
    double mean = 0;
    for (Index m = 0; m < M; ++m) {
      double turns = 0;
      for (Index c = 0; c < d; ++c)
        turns += static_cast<double>((distribution.first.value()(c, m) - distribution.second.value()(c, m)) * x(i, c));
      mean += (1 + std::cos(2 * std::numbers::pi * turns)) / (2 * static_cast<double>(M));
    }
    CHECK(dot(phi, i, phi, i) * scale == doctest::Approx(mean).epsilon(1e-4));
  }
}

TEST_CASE("the Gram matrix of s² has no negative eigenvalue") {  // t4
  for (const FrequencyOptions& distribution :
       {FrequencyOptions(LearnedOptions{}), FrequencyOptions(SamplerOptions{}), FrequencyOptions(FastfoodOptions{})}) {
    const Similarity map = made(fourier(distribution), 1, 4, 16);
    const Tensor x = noise(12, 4, 5, 2), phi = mapped(map, Variable(x), Variable(x)).q.value();
    const auto scale = static_cast<double>(map.kernel.get<SquaredInnerProduct>().scale);
    std::vector<std::vector<double>> gram(12, std::vector<double>(12));
    for (Index i = 0; i < 12; ++i)
      for (Index j = 0; j < 12; ++j)
        gram[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = std::pow(dot(phi, i, phi, j) * scale, 2);
    CHECK(smallest_eigenvalue(gram) > -1e-6);
  }
}

TEST_CASE("equal sets make the stationary kernel") {  // t5
  const Similarity two = made(fourier(LearnedOptions{}), 2, 3, 8),
                   one = made(fourier(LearnedOptions{.stationary = true}), 2, 3, 8);
  Parameters of_two = two.parameters, of_one = one.parameters;
  of_two[1].variable.mutable_value() = of_two[0].variable.value();
  of_one[0].variable.mutable_value() = of_two[0].variable.value();
  const Graph g(scattered(12));
  const Variable q(noise(12, 6, 1)), k(noise(12, 6, 2));
  CHECK(max_abs_difference(weights(g, one, q, k, {.heads = 2}), weights(g, two, q, k, {.heads = 2})) < 1e-5);
}

TEST_CASE(
    "started at the RBF, attention nears softmax as 1/√M, by squares, shifts-free positive features alike") {  // t6
  const Index d = 8, n = 24;
  const Graph g(scattered(n));
  const Variable q(noise(n, d, 1, 0.7)), k(noise(n, d, 2, 0.7));
  const Real root = std::sqrt(static_cast<Real>(d));
  const Tensor softmax = attention_weights(g, Exponential{1 / root}, q, k);
  const auto gap = [&](const auto& options, Index M) {
    double mean = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const Similarity map = made(options, 1, d, M, seed);
      const Tensor alpha = weights(g, map, q, k, {.key_bias = squared_norm(k, 1, 2, 2 * root)});
      mean += static_cast<double>(max_abs_difference(alpha, softmax)) / 8;
    }
    return mean;
  };
  const FourierMapOptions squared = fourier(LearnedOptions{.stationary = true});
  const double few = gap(squared, 64), middle = gap(squared, 512), many = gap(squared, 4096);
  CHECK(few < 0.3);
  CHECK(middle < few / 1.7);  // 1/√8 by the distribution
  CHECK(many < middle / 1.7);
  CHECK(many > few / 16);
  for (const FrequencyOptions& distribution :
       {FrequencyOptions(GaussianFrequencyOptions{}), FrequencyOptions(GaussianFrequencyOptions{.orthogonal = true})}) {
    const PositiveMapOptions favor{.distribution = distribution};
    CHECK(gap(favor, 4096) < gap(favor, 64) / 3);
  }
  CHECK(gap(PositiveMapOptions{.hyperbolic = true}, 4096) < 0.05);
}

TEST_CASE("unsquared Fourier features near the Gaussian kernel plus one") {
  const Index d = 4;
  const Similarity map = made(fourier(GaussianFrequencyOptions{}, false), 1, d, 20000);
  const auto kernel = map.kernel.get<InnerProduct>();
  const Tensor q = noise(5, d, 1, 0.8), k = noise(5, d, 2, 0.8);
  const Compared phi = mapped(map, Variable(q), Variable(k));
  for (Index i = 0; i < 5; ++i) {
    double squares = 0;
    for (Index c = 0; c < d; ++c)
      squares += std::pow(static_cast<double>(q(i, c) - k(i, c)), 2);
    const double got = static_cast<double>(kernel.value(static_cast<Real>(dot(phi.q.value(), i, phi.k.value(), i))));
    CHECK(got == doctest::Approx(1 + std::exp(-squares / (2 * std::sqrt(4.0)))).epsilon(0.02));
  }
}

TEST_CASE("the factorised sum over all nodes is the sum over the edges of the complete graph") {
  const Index n = 9, e = 3;
  const Graph g(complete(n));
  const Variable q(noise(n, 8, 1)), k(noise(n, 8, 2)), v(noise(n, 2 * e, 3));
  const std::vector<Similarity> all{made(fourier(GaussianFrequencyOptions{}, false), 2, 4, 8),
                                    made(fourier(FastfoodOptions{}, false), 2, 4, 8), made(ReluMapOptions{}, 2, 4, 8),
                                    made(EluMapOptions{}, 2, 4, 8), made(PositiveMapOptions{}, 2, 4, 8)};
  for (const Similarity& map : all) {
    const Compared phi = mapped(map, q, k);
    const auto* shifted = map.kernel.get_if<InnerProduct>();
    AttendOptions with{.heads = 2, .normaliser = Normaliser::row_sum};
    with.key_bias = phi.key_bias;
    const Tensor y = attend(g, map.kernel, phi.q, phi.k, v, with).value();
    double s = 1;
    Catalogue::each([&]<class K>() {
      if constexpr (requires(K kappa) { kappa.scale; })
        if (map.kernel.is<K>()) s = static_cast<double>(map.kernel.get<K>().scale);
    });
    const Index wide = phi.q.columns() / 2;
    for (Index h = 0; h < 2; ++h) {
      // S = Σ_j φ(k_j) [v_j | 1] once, then each row by itself
      std::vector<std::vector<double>> S(static_cast<std::size_t>(wide + 1), std::vector<double>(e + 1));
      for (Index j = 0; j < n; ++j)
        for (Index c = 0; c <= wide; ++c) {
          const double bias = phi.key_bias ? std::exp(static_cast<double>(phi.key_bias.value()(j, h))) : 1;
          const double feature =
              bias * (c < wide ? static_cast<double>(phi.k.value()(j, h * wide + c)) * s : (shifted ? 1.0 : 0.0));
          for (Index t = 0; t <= e; ++t)
            S[static_cast<std::size_t>(c)][static_cast<std::size_t>(t)] +=
                feature * (t < e ? static_cast<double>(v.value()(j, h * e + t)) : 1);
        }
      for (Index i = 0; i < n; ++i) {
        std::vector<double> sum(e + 1);
        for (Index c = 0; c <= wide; ++c)
          for (Index t = 0; t <= e; ++t)
            sum[static_cast<std::size_t>(t)] += (c < wide ? static_cast<double>(phi.q.value()(i, h * wide + c)) : 1) *
                                                S[static_cast<std::size_t>(c)][static_cast<std::size_t>(t)];
        for (Index t = 0; t < e; ++t)
          CHECK(static_cast<double>(y(i, h * e + t)) ==
                doctest::Approx(sum[static_cast<std::size_t>(t)] / sum[e]).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("positive features neither overflow nor lose a neighbourhood far from the largest key") {
  Tensor x(4, 2);
  x(0, 0) = x(1, 0) = 60, x(2, 0) = Real(0.1), x(3, 0) = Real(0.2);  // exp(ω·x) leaves float's range
  const std::vector<NodePair> edges{{0, 0}, {0, 1}, {1, 0}, {2, 2}, {2, 3}, {3, 2}};
  const Graph g(from_edges(4, edges));
  const Similarity map = made(PositiveMapOptions{}, 1, 2, 64);
  const Tensor alpha = weights(g, map, Variable(x), Variable(x));
  CHECK(all_finite(alpha));
  for (Index i = 0; i < 4; ++i) {
    double sum = 0;
    for (const Edge e : g.adjacency().row(i)) {
      CHECK(alpha(e, 0) >= 0);
      sum += static_cast<double>(alpha(e, 0));
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-3));  // logarithms in the thousands have few digits in float
  }
  CHECK(static_cast<double>(alpha(0, 0)) == doctest::Approx(0.5).epsilon(1e-3));  // two equal neighbours
}

TEST_CASE("κ + 1 needs no guard where κ alone does") {
  const Graph g(scattered(60));
  const Variable q(noise(60, 16, 1)), k(noise(60, 16, 2)), v(noise(60, 2, 3));
  const Similarity map = made(fourier(GaussianFrequencyOptions{}, false), 1, 16, 8);
  const Compared phi = mapped(map, q, k);
  const auto run = [&](Real shift, Real guard) {
    InnerProduct kernel = map.kernel.get<InnerProduct>();
    kernel.shift = shift;
    Index guarded = 0;
    const AttendOptions options{.normaliser = Normaliser::row_sum, .guard = guard, .guarded = &guarded};
    CHECK(all_finite(attend(g, kernel, phi.q, phi.k, v, options).value()));
    return guarded;
  };
  CHECK(run(1, Real(0.05)) == 0);
  CHECK(run(0, Real(0.5)) > 0);
}

TEST_CASE("Maclaurin features of each degree give its term of f in the mean, of centred unit vectors") {
  constexpr Index d = 3, M = 200000;
  const Tensor q = Tensor::from({{1, 3, Real(-1.5)}}), k = Tensor::from({{2, 5, 1}});
  const auto centred = [](const Tensor& x) {
    Tensor y = x;
    for (Real& value : y.values())
      value -= (x(0, 0) + x(0, 1) + x(0, 2)) / 3;
    return y;
  };
  const Tensor a = centred(q), b = centred(k);
  const double z = dot(a, 0, b, 0) / std::sqrt(dot(a, 0, a, 0) * dot(b, 0, b, 0)) / std::sqrt(3.0);
  REQUIRE(z > 0.5);
  for (const Series function : {Series::exponential, Series::inverse, Series::logarithm, Series::root}) {
    const std::vector<double> coefficient = maclaurin_coefficients(function, MaclaurinMap::largest_degree);
    const Similarity map = made(MaclaurinMapOptions{function}, 1, d, M);
    const Compared phi = mapped(map, Variable(q), Variable(k));
    const Tensor degree = map.parameters.front().variable.value();
    CHECK(static_cast<double>(phi.q.value()(0, 0) * phi.k.value()(0, 0)) == doctest::Approx(coefficient[0]));
    for (Index n = 1; n <= 4; ++n) {
      double sum = 0, squares = 0;
      for (Index m = 1; m < M; ++m)
        if (degree(0, m - 1) == static_cast<Real>(n)) {
          const double product = static_cast<double>(phi.q.value()(0, m)) * static_cast<double>(phi.k.value()(0, m));
          sum += product;
          squares += product * product;
        }
      const double term = coefficient[static_cast<std::size_t>(n)] * std::pow(z, n), error = std::sqrt(squares);
      CAPTURE(n);
      CHECK(error < term / 8);  // so that a missing term shows
      CHECK(std::abs(sum - term) < 5 * error);
    }
  }
  CHECK(maclaurin_coefficients(Series::root, 3) == std::vector<double>{1, 0.5, 0.125, 0.0625});
  CHECK(maclaurin_coefficients(Series::logarithm, 3)[3] == doctest::Approx(1.0 / 3));
}

TEST_CASE("the joint map is the kernel of a and the concatenation") {
  for (const bool stationary : {false, true}) {
    const Index h = 2, d = 3, M = 5, n = 4;
    const JointMapOptions options{.distribution = {.stationary = stationary}};
    const Similarity map = made(options, h, d, M);
    const JointMap joint = map_of<JointMap>(options, h, d, M);
    const Tensor x = noise(n, h * d, 1, 2);
    const Compared phi = mapped(map, Variable(x), Variable(x));
    const auto scale = static_cast<double>(map.kernel.get<SquaredInnerProduct>().scale);
    const std::vector<Variable> sets = stationary ? std::vector{joint.distribution.first}
                                                  : std::vector{joint.distribution.first, joint.distribution.second};
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j)
        for (Index head = 0; head < h; ++head) {
          const Index wide = phi.q.columns() / h;
          double got = 0;
          for (Index c = 0; c < wide; ++c)
            got += static_cast<double>(phi.q.value()(i, head * wide + c) * phi.k.value()(j, head * wide + c));
          Tensor z(1, h * 2 * d);  // [x_i | x_j] of each head
          for (Index a = 0; a < h; ++a)
            for (Index c = 0; c < d; ++c)
              z(0, a * 2 * d + c) = x(i, a * d + c), z(0, a * 2 * d + d + c) = x(j, a * d + c);
          const Tensor of_a = fourier_features(joint.target, sets, h).value(),
                       of_z = fourier_features(Variable(z), sets, h).value();
          double want = 0;
          for (Index c = head * 2 * M; c < (head + 1) * 2 * M; ++c)
            want += static_cast<double>(of_a(0, c) * of_z(0, c));
          CHECK(got * scale == doctest::Approx(want * scale).epsilon(1e-4));
        }
  }
}

TEST_CASE("the kernel on the concatenation is dynamic, GAT's score static") {  // t10
  const Index n = 12, d = 4;
  const Graph g(complete(n));
  const Variable x(noise(n, d, 3, 1.5)), a(noise(1, d, 4)), b(noise(1, d, 5));
  const auto rankings = [&](const Tensor& alpha) {
    std::set<std::vector<Index>> found;
    for (Index i = 0; i < n; ++i) {
      std::vector<Index> order(static_cast<std::size_t>(n));
      for (Index j = 0; j < n; ++j)
        order[static_cast<std::size_t>(j)] = j;
      std::sort(order.begin(), order.end(),
                [&](Index p, Index q) { return alpha(i * n + p, 0) > alpha(i * n + q, 0); });
      found.insert(order);
    }
    return found.size();
  };
  const Tensor gat = attention_weights(g, Additive{}, head_dot(x, a, 1), head_dot(x, b, 1));
  CHECK(rankings(gat) == 1);
  CHECK(rankings(weights(g, made(JointMapOptions{}, 1, d, 16), x, x)) > 8);
}

TEST_CASE("invalid options of maps are refused") {
  CHECK_THROWS_AS(made(FourierMapOptions{.floor = 0}, 1, 4, 8), ValueError);
  CHECK_THROWS_AS(made(JointMapOptions{.floor = 0}, 1, 4, 8), ValueError);
  CHECK_THROWS_AS(made(PositiveMapOptions{.distribution = LearnedOptions{}}, 1, 4, 8), ValueError);
  CHECK_THROWS_AS(made(ReluMapOptions{.distribution = SamplerOptions{}}, 1, 4, 8), ValueError);
  CHECK_THROWS_AS(made(MaclaurinMapOptions{}, 1, 4, 1), ValueError);
  CHECK_THROWS_AS(made(FourierMapOptions{.noise = {.noise = Noise::averaged, .draws = 0}}, 1, 4, 8), ValueError);
}
