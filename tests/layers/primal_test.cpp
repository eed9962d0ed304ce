#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>

#include "mercer/base/check.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index n = 11, in = 5, h = 2, s = 3, d = 4;

PrimalAttention layer_of(Normaliser normaliser) {
  Random random(4);
  return {{.in = in, .width = d, .heads = h}, {.rank = s, .normaliser = normaliser}, random};
}

Tensor projected(const Tensor& x, const Linear& by) { return matmul(Variable(x), by.weight).value(); }

/// K from the definition for all pairs of one head; 0 without an edge.
Tensor kernel_matrix(const PrimalAttention& layer, const Csr& graph, const Tensor& x, Index head) {
  const CsrView g = graph;
  const Csr back = transposed(graph);
  const Tensor q = projected(x, layer.query), k = projected(x, layer.key);
  Tensor K(n, n);
  for_each_edge(g, [&](Node i, Node j, Edge) {
    double dot = 0, of_q = 0, of_k = 0;
    for (Index c = head * d; c < (head + 1) * d; ++c) {
      dot += static_cast<double>(q(i, c)) * k(j, c);
      of_q += static_cast<double>(q(i, c)) * q(i, c);
      of_k += static_cast<double>(k(j, c)) * k(j, c);
    }
    const auto degrees = static_cast<double>(g.degree(i) * CsrView(back).degree(j));
    K(i, j) = static_cast<Real>(dot / std::sqrt(of_q * of_k) /
                                (layer.options.normaliser == Normaliser::symmetric ? std::sqrt(degrees) : 1));
  });
  return K;
}

struct Scores {
  Tensor e{n, h*s}, r{n, h*s};
};

Scores scores_by_definition(const PrimalAttention& layer, const Csr& graph, const Tensor& x) {
  const Tensor a = projected(x, layer.right), c = projected(x, layer.left);
  Scores found;
  for (Index head = 0; head < h; ++head) {
    const Tensor K = kernel_matrix(layer, graph, x, head);
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j)
        for (Index t = head * s; t < (head + 1) * s; ++t) {
          found.e(i, t) += K(i, j) * a(j, t);
          found.r(j, t) += K(i, j) * c(i, t);
        }
  }
  return found;
}

}  // namespace

TEST_CASE("primal attention by its definition: one kernel matrix in both directions of a directed graph") {
  const Csr graph = scattered(n);
  const Tensor x = noise(n, in, 1);
  for (const Normaliser normaliser : {Normaliser::symmetric, Normaliser::none}) {
    PrimalAttention layer = layer_of(normaliser);
    layer.join_heads.bias.mutable_value() = noise(1, h * d, 3);
    const Scores scores = scores_by_definition(layer, graph, x);
    Tensor want(n, h * d);
    for (Index i = 0; i < n; ++i)
      for (Index c = 0; c < h * d; ++c) {
        want(i, c) = layer.join_heads.bias.value()(0, c);
        for (Index t = 0; t < s; ++t)
          want(i, c) += scores.e(i, c / d * s + t) * layer.from_e.weight.value()(t, c % d) +
                        scores.r(i, c / d * s + t) * layer.from_r.weight.value()(t, c % d);
      }
    Pass pass = Pass::inference();
    CHECK(relative_gap(layer(Graph(graph), Variable(x), pass).y.value(), want) < golden_tolerance);
    const Tensor alpha = attention_weights(inference_operands(layer, Graph(graph), Variable(x))),
                 K = kernel_matrix(layer, graph, x, 1);
    for_each_edge(graph, [&](Node i, Node j, Edge e) {
      CHECK(static_cast<double>(alpha(e, 1)) == doctest::Approx(static_cast<double>(K(i, j))).epsilon(1e-4));
    });
  }
}

TEST_CASE("its penalty is η J² by definition") {
  const Csr graph = scattered(n);
  const Tensor x = noise(n, in, 2);
  PrimalAttention layer = layer_of(Normaliser::symmetric);
  layer.singular_weight.mutable_value() = noise(1, h * s, 5);
  const Scores scores = scores_by_definition(layer, graph, x);
  double J = 0;
  for (const Tensor* part : {&scores.e, &scores.r})
    for (Index i = 0; i < n; ++i)
      for (Index t = 0; t < h * s; ++t) {
        const double lambda = std::log1p(std::exp(static_cast<double>(layer.singular_weight.value()(0, t))));
        J += std::pow(lambda * static_cast<double>((*part)(i, t)), 2) / static_cast<double>(2 * n * h);
      }
  for (Index c = 0; c < in; ++c)
    for (Index t = 0; t < h * s; ++t)
      J -= static_cast<double>(layer.right.weight.value()(c, t)) * layer.left.weight.value()(c, t) / h;
  Pass pass = Pass::inference();
  const Variable penalty = layer(Graph(graph), Variable(x), pass).penalty;
  CHECK(static_cast<double>(penalty.value()(0, 0)) == doctest::Approx(0.05 * J * J).epsilon(1e-4));
}

TEST_CASE("gradients of the penalty" * doctest::skip(std::is_same_v<Real, float>)) {
  const Graph g(scattered(n));
  const PrimalAttention layer = layer_of(Normaliser::none);
  const Variable x(noise(n, in, 3), true);
  std::vector<Variable> held{x};
  for (const Parameter& p : layer.parameters())
    if (p.name.starts_with("query") || p.name.starts_with("key") || p.name.starts_with("right") ||
        p.name.starts_with("left") || p.name == "singular_weight")
      held.push_back(p.variable);
  CHECK(held.size() == 6);
  const auto run = [&] {
    Pass pass = Pass::inference();
    return scale(layer(g, x, pass).penalty, 100);
  };
  CHECK(held_gradient_gap(run, held) < 1e-6);
}

TEST_CASE("invalid options of primal attention are refused") {
  Random random(1);
  const auto make = [&](const PrimalAttentionOptions& options) {
    return PrimalAttention({.in = 2, .width = 2}, options, random);
  };
  CHECK_THROWS_AS(make({.rank = 0}), ValueError);
  CHECK_THROWS_AS(make({.eta = -1}), ValueError);
  CHECK_THROWS_AS(make({.normaliser = Normaliser::row_sum}), ValueError);
  CHECK_THROWS_AS(make({.normaliser = Normaliser::degree}), ValueError);
  Pass pass = Pass::inference();
  CHECK_FALSE(make({.eta = 0})(Graph(cycle(3)), Variable(noise(3, 2, 1)), pass).penalty.defined());
  CHECK_THROWS_AS(make({})(Graph(Csr(2, 3, {0, 1, 2}, {0, 2})), Variable(noise(2, 2, 1)), pass), ShapeError);
}
