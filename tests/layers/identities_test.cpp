#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "layers/cases.hpp"
#include "mercer/base/check.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

/// Song et al., Implicit Kernel Attention, AAAI 2021, and the definitions of GAT and GCN.
namespace {

template <class Layer>
Tensor infer(const Layer& layer, const Graph& graph, const Tensor& x) {
  Pass pass = Pass::inference();
  return layer(graph, Variable(x), pass).y.value();
}

template <class Layer>
Tensor alpha_of(const Layer& layer, const Graph& graph, const Tensor& x) {
  return attention_weights(inference_operands(layer, graph, Variable(x)));
}

/// Each row of e divided by its sum, in the slots of the graph; [edges, h].
Tensor rows_to_one(const Graph& graph, std::vector<double> e, Index heads) {
  const CsrView g = graph.adjacency();
  Tensor alpha(g.edges(), heads);
  for (Index i = 0; i < g.rows; ++i)
    for (Index h = 0; h < heads; ++h) {
      double sum = 0;
      for (const Edge slot : g.row(i))
        sum += e[static_cast<std::size_t>(slot * heads + h)];
      for (const Edge slot : g.row(i))
        alpha(slot, h) = static_cast<Real>(e[static_cast<std::size_t>(slot * heads + h)] / sum);
    }
  return alpha;
}

/// Σ_c x_c y_c of head h, and Σ_c |x_c − y_c|².
double dot(const Real* x, const Real* y, Index d) {
  double sum = 0;
  for (Index c = 0; c < d; ++c)
    sum += static_cast<double>(x[c]) * static_cast<double>(y[c]);
  return sum;
}

double squared_distance(const Real* x, const Real* y, Index d) {
  return dot(x, x, d) - 2 * dot(x, y, d) + dot(y, y, d);
}

}  // namespace

TEST_CASE("Gaussian times exp(L2 norm) is softmax of the scaled dot product") {
  const Graph g(scattered(20));
  const Tensor x = noise(20, 6, 1);
  for (const bool tied : {false, true}) {
    const AttentionLayerOptions sizes{.in = 6, .width = 8, .heads = 4};
    KernelAttentionOptions options{.p = Real(2), .tied = tied};
    Random random(3), same(3);
    const KernelAttention rbf(sizes, options, random);  // Fitted{Gaussian{}} by default
    options.similarity = Fitted{Exponential{}};
    options.p.reset();
    const KernelAttention dot_product(sizes, options, same);
    CHECK(relative_gap(alpha_of(rbf, g, x), alpha_of(dot_product, g, x)) < golden_tolerance);
    CHECK(relative_gap(infer(rbf, g, x), infer(dot_product, g, x)) < golden_tolerance);
  }
}

TEST_CASE("GAT's weights are a Gaussian of weight vector and pair, times the magnitudes of both") {
  const Index n = 15, h = 3, d = 4;
  const Graph g(with_loops(scattered(n)));
  const Tensor x = noise(n, 5, 2);
  Random random(4);
  const GraphAttention layer({.in = 5, .width = d, .heads = h}, random);
  const Tensor z = matmul(Variable(x), layer.weight).value();  // [n, h*d]
  const Tensor &a_l = layer.attention_target.value(), &a_r = layer.attention_source.value();
  std::vector<double> e(static_cast<std::size_t>(g.edges() * h));
  int below = 0;
  for_each_edge(g.adjacency(), [&](Node i, Node j, Edge slot) {
    for (Index c = 0; c < h; ++c) {
      const Real *zi = z.row(i) + c * d, *zj = z.row(j) + c * d, *l = a_l.row(0) + c * d, *r = a_r.row(0) + c * d;
      const double slope = dot(l, zi, d) + dot(r, zj, d) >= 0 ? 1 : 0.2;
      below += slope < 1;
      const double distance = squared_distance(l, zi, d) + squared_distance(r, zj, d);
      const double norms = dot(l, l, d) + dot(r, r, d) + dot(zi, zi, d) + dot(zj, zj, d);
      e[static_cast<std::size_t>(slot * h + c)] = std::exp(-slope * distance / 2) * std::exp(slope * norms / 2);
    }
  });
  CHECK(below > 10);  // both branches occur
  CHECK(relative_gap(alpha_of(layer, g, x), rows_to_one(g, e, h)) < golden_tolerance);
}

TEST_CASE("the authors' GAT by its definition: score biases, mean of heads, residual") {
  const Index n = 11, h = 2, d = 3;
  const Graph g(with_loops(scattered(n)));
  const Tensor x = noise(n, d, 5);
  Random random(6);
  GraphAttention layer({.in = d, .width = d, .heads = h, .join = Join::mean, .residual = Residual::input},
                       {.score_bias = true, .initialise_per_head = true}, random);
  layer.target_bias.mutable_value() = noise(1, h, 7);
  layer.source_bias.mutable_value() = noise(1, h, 8);
  layer.join_heads.bias.mutable_value() = noise(1, d, 9);
  const Tensor z = matmul(Variable(x), layer.weight).value();
  std::vector<double> e(static_cast<std::size_t>(g.edges() * h));
  for_each_edge(g.adjacency(), [&](Node i, Node j, Edge slot) {
    for (Index c = 0; c < h; ++c) {
      const double s = dot(layer.attention_target.value().row(0) + c * d, z.row(i) + c * d, d) +
                       dot(layer.attention_source.value().row(0) + c * d, z.row(j) + c * d, d) +
                       layer.target_bias.value()(0, c) + layer.source_bias.value()(0, c);
      e[static_cast<std::size_t>(slot * h + c)] = std::exp(s >= 0 ? s : 0.2 * s);
    }
  });
  const Tensor alpha = rows_to_one(g, e, h);
  Tensor y = x;  // the residual
  for (Index i = 0; i < n; ++i)
    for (Index c = 0; c < d; ++c)
      y(i, c) += layer.join_heads.bias.value()(0, c);
  for_each_edge(g.adjacency(), [&](Node i, Node j, Edge slot) {
    for (Index c = 0; c < h * d; ++c)
      y(i, c % d) += alpha(slot, c / d) * z(j, c) / static_cast<Real>(h);
  });
  CHECK(relative_gap(infer(layer, g, x), y) < golden_tolerance);
}

TEST_CASE("kernel times magnitude by its definition, for any p") {
  const Index n = 14, h = 2, d = 3;
  const Graph g(scattered(n));
  const Tensor x = noise(n, 5, 10);
  for (const double p : {1.0, 1.5, 1.8, 2.0, 3.0}) {
    CAPTURE(p);
    Random random(12);
    const KernelAttention layer({.in = 5, .width = d, .heads = h},
                                {.similarity = Cauchy{.sigma = Real(1.5)}, .p = Real(p)}, random);
    const Tensor q = (*layer.query)(Variable(x)).value(), k = (*layer.key)(Variable(x)).value();
    std::vector<double> e(static_cast<std::size_t>(g.edges() * h));
    for_each_edge(g.adjacency(), [&](Node i, Node j, Edge slot) {
      for (Index c = 0; c < h; ++c) {
        double power = 0;
        for (Index t = c * d; t < (c + 1) * d; ++t)
          power += std::pow(std::abs(static_cast<double>(k(j, t))), p);
        const double magnitude = std::exp(std::pow(power, 2 / p) / (2 * std::sqrt(static_cast<double>(d))));
        const double kappa = 1 / (1 + squared_distance(q.row(i) + c * d, k.row(j) + c * d, d) / 2.25);
        e[static_cast<std::size_t>(slot * h + c)] = kappa * magnitude;
      }
    });
    CHECK(relative_gap(alpha_of(layer, g, x), rows_to_one(g, e, h)) < golden_tolerance);
  }
}

TEST_CASE("the magnitude of the query acts where no sum divides it away, and under the mask of pairs") {
  const Index n = 14, h = 2, d = 3;
  const Graph g(scattered(n));
  const Tensor x = noise(n, 5, 10);
  const auto half = [&](const Tensor& of, Index i, Index head) {
    double squares = 0;
    for (Index t = head * d; t < (head + 1) * d; ++t)
      squares += static_cast<double>(of(i, t)) * static_cast<double>(of(i, t));
    return squares / (2 * std::sqrt(static_cast<double>(d)));
  };
  for (const Normaliser normaliser : {Normaliser::degree, Normaliser::none, Normaliser::softmax})
    for (const float p : {0.0f, 0.4f}) {
      CAPTURE(static_cast<int>(normaliser));
      CAPTURE(p);
      Random random(12);
      const KernelAttention layer(
          {.in = 5, .width = d, .heads = h, .bias = false},
          {.similarity = Cauchy{.sigma = 1}, .p = Real(2), .magnitude_dropout = p, .normaliser = normaliser}, random);
      const Tensor q = (*layer.query)(Variable(x)).value(), k = (*layer.key)(Variable(x)).value();
      const Tensor v = layer.value(Variable(x)).value();
      Pass pass = Pass::training(3, 5), same = pass;
      const Tensor y = layer(g, Variable(x), pass).y.value();
      const Dropout mask = layer.operands(g, Variable(x), same).options.magnitude_dropout;
      CHECK(mask.active() == (p > 0));
      Tensor want(n, h * d);
      for (Index i = 0; i < n; ++i)
        for (Index head = 0; head < h; ++head) {
          double sum = 0;
          std::vector<double> row(static_cast<std::size_t>(d), 0);
          for (const Edge e : g.adjacency().row(i)) {
            const Node j = g.adjacency().neighbour[e];
            const unsigned kept =
                mask.kept_of_eight(mask.stream.draw(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)));
            const double share = p == 0 ? 1 : (kept >> head & 1u) != 0 ? static_cast<double>(mask.scale()) : 0;
            const double m = std::exp(share * (half(q, i, head) + half(k, j, head)));
            const double s = m / (1 + squared_distance(q.row(i) + head * d, k.row(j) + head * d, d));
            sum += s;
            for (Index c = 0; c < d; ++c)
              row[static_cast<std::size_t>(c)] += s * static_cast<double>(v(j, head * d + c));
          }
          const double whole = normaliser == Normaliser::softmax  ? sum
                               : normaliser == Normaliser::degree ? static_cast<double>(g.adjacency().degree(i))
                                                                  : 1;
          for (Index c = 0; c < d; ++c)
            want(i, head * d + c) = static_cast<Real>(whole > 0 ? row[static_cast<std::size_t>(c)] / whole : 0);
        }
      CHECK(relative_gap(y, want) < golden_tolerance);
    }
}

TEST_CASE("a fitted kernel follows the width, a given one stays") {
  Random random(1);
  const auto sigma_of = [&](const KernelAttentionOptions& options) {
    const KernelAttention layer({.in = 2, .width = 16}, options, random);
    return static_cast<double>(layer.similarity.kernel.get<Gaussian>().sigma);
  };
  CHECK(sigma_of({}) == doctest::Approx(2));  // σ² = √16
  CHECK(sigma_of({.similarity = Gaussian{.sigma = 3}}) == doctest::Approx(3));
  CHECK(static_cast<double>(AnyKernel(Laplacian{}).fitted(16).get<Laplacian>().sigma) == doctest::Approx(4));
  CHECK(static_cast<double>(AnyKernel(Cauchy{}).fitted(16).get<Cauchy>().sigma) == doctest::Approx(2));
  CHECK(static_cast<double>(AnyKernel(Exponential{}).fitted(16).get<Exponential>().scale) == doctest::Approx(0.25));
}

TEST_CASE("invalid options of kernel attention are refused") {
  Random random(1);
  const auto make = [&](const KernelAttentionOptions& options) {
    return KernelAttention({.in = 2, .width = 2}, options, random);
  };
  CHECK_THROWS_AS(make({.similarity = Additive{}}), ValueError);
  CHECK_NOTHROW(make({.similarity = Fitted{DynamicAdditive{}}}));
  const auto scaled = [](HeadSizes sizes, Random&) {
    return learned_bandwidth(DynamicAdditive{}, sizes);  // a map of q and k before a kernel that learns a vector
  };
  CHECK_THROWS_WITH_AS(make({.similarity = scaled}), doctest::Contains("want it without a map"), ValueError);
  CHECK_THROWS_AS(make({.p = Real(0.5)}), ValueError);
  CHECK_THROWS_AS(make({.p = std::numeric_limits<Real>::quiet_NaN()}), ValueError);
  CHECK_THROWS_AS(make({.p = Real(2), .divisor = Real(0)}), ValueError);
  CHECK_THROWS_WITH_AS(make({.p = Real(0.5)}), "[KernelAttention] p: got 0.500000, want at least 1", ValueError);
  CHECK_THROWS_WITH_AS(make({.divisor = Real(1)}), doctest::Contains("want p too"), ValueError);
}

TEST_CASE("GCN is the symmetrically normalised adjacency times x W, plus b") {
  const Index n = 13;
  const Graph g(with_loops(symmetrised(scattered(n))));
  const Tensor x = noise(n, 5, 11);
  Random random(8);
  GraphConvolution layer({.in = 5, .out = 3}, random);
  layer.bias.mutable_value() = noise(1, 3, 12);
  const Tensor z = matmul(Variable(x), layer.weight).value();
  Tensor y(n, 3);
  for (Index i = 0; i < n; ++i)
    for (Index c = 0; c < 3; ++c) {
      double sum = layer.bias.value()(0, c);
      for (const Edge e : g.adjacency().row(i)) {
        const Node j = g.adjacency().neighbour[e];
        const auto both = static_cast<double>(g.adjacency().degree(i) * g.adjacency().degree(j));
        sum += static_cast<double>(z(j, c)) / std::sqrt(both);
      }
      y(i, c) = static_cast<Real>(sum);
    }
  CHECK(relative_gap(infer(layer, g, x), y) < golden_tolerance);
}
