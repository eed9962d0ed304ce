#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/memory_limit.hpp"
#include "mercer/graph/build.hpp"
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
  const Tensor c = projected(x, layer.left), a = projected(x, layer.right);
  double trace = 0, same = 0;
  for (Index i = 0; i < n; ++i)
    for (Index t = 0; t < h * s; ++t) {
      trace += static_cast<double>(c(i, t)) * scores.e(i, t) / static_cast<double>(n * h);
      same += static_cast<double>(a(i, t)) * scores.r(i, t) / static_cast<double>(n * h);
    }
  CHECK(trace == doctest::Approx(same).epsilon(1e-4));
  J -= trace;
  Pass pass = Pass::inference();
  const Variable penalty = layer(Graph(graph), Variable(x), pass).penalty;
  CHECK(static_cast<double>(penalty.value()(0, 0)) == doctest::Approx(0.05 * J * J).epsilon(1e-4));
}

TEST_CASE("singular vectors are a stationary point of the objective, which is 0 there; other vectors are none") {
  // X = I: a and c are the rows of W_a and W_c
  Tensor x(n, n);
  for (Index i = 0; i < n; ++i)
    x(i, i) = 1;
  const Csr graph = scattered(n);
  Random random(3);
  PrimalAttention layer({.in = n, .width = d, .heads = 1}, {.rank = 1, .normaliser = Normaliser::none}, random);
  const Tensor K = kernel_matrix(layer, graph, x, 0);
  std::vector<double> u(n, 1), v(n);
  double sigma = 0;
  for (int turn = 0; turn < 500; ++turn) {  // v = K u / |K u|, u = Kᵀ v / |Kᵀ v|
    for (const bool forth : {true, false}) {
      const std::vector<double>& from = forth ? u : v;
      std::vector<double> to(n);
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j)
          to[static_cast<std::size_t>(i)] +=
              static_cast<double>(forth ? K(i, j) : K(j, i)) * from[static_cast<std::size_t>(j)];
      sigma = std::sqrt(std::inner_product(to.begin(), to.end(), to.begin(), 0.0));
      for (double& value : to)
        value /= sigma;
      (forth ? v : u) = to;
    }
  }
  layer.singular_weight.mutable_value()(0, 0) = static_cast<Real>(std::log(std::expm1(1 / std::sqrt(sigma))));
  const auto slope = [&](double turned) {
    for (Index i = 0; i < n; ++i) {
      layer.right.weight.mutable_value()(i, 0) = static_cast<Real>(u[static_cast<std::size_t>(i)]);
      layer.left.weight.mutable_value()(i, 0) =
          static_cast<Real>(v[static_cast<std::size_t>(i)] + (i % 2 == 0 ? turned : -turned));
    }
    Pass pass = Pass::inference();
    Variable J = layer.objective(Graph(graph), Variable(x), pass);
    for (Variable w : {layer.right.weight, layer.left.weight})
      w.clear_grad();
    J.backward();
    double largest = 0;
    for (const Variable& w : {layer.right.weight, layer.left.weight})
      largest = std::max(largest, static_cast<double>(max_abs_difference(w.grad(), Tensor(n, 1))));
    return std::pair(std::abs(static_cast<double>(J.value()(0, 0))), largest);
  };
  const auto [J, largest] = slope(0);
  CHECK(J < 1e-5);
  CHECK(largest < 1e-5);
  CHECK(slope(0.3).second > 1e-2);
}

TEST_CASE("K and its transpose have one mask: the trace is the same from either side") {
  const Csr graph = scattered(n);
  Random random(4);
  PrimalAttention layer({.in = in, .width = s, .heads = h, .attention_dropout = 0.5f}, {.rank = s}, random);
  const Tensor x = noise(n, in, 1), c = projected(x, layer.left), a = projected(x, layer.right);
  // y is e or r where one half of W_out is I and the other 0
  const auto scores = [&](bool of_e, std::uint32_t step) {
    for (Index t = 0; t < s; ++t)
      for (Index col = 0; col < s; ++col) {
        layer.from_e.weight.mutable_value()(t, col) = of_e && t == col ? 1 : 0;
        layer.from_r.weight.mutable_value()(t, col) = !of_e && t == col ? 1 : 0;
      }
    Pass pass = Pass::training(1, step);
    return layer(Graph(graph), Variable(x), pass).y.value();
  };
  const auto inner = [](const Tensor& p, const Tensor& q) {
    double sum = 0;
    for (std::size_t m = 0; m < p.values().size(); ++m)
      sum += static_cast<double>(p.values()[m]) * static_cast<double>(q.values()[m]);
    return sum;
  };
  for (const std::uint32_t step : {0u, 1u, 2u})
    CHECK(inner(c, scores(true, step)) == doctest::Approx(inner(a, scores(false, step))).epsilon(1e-4));
  CHECK(std::abs(inner(c, scores(true, 0)) - inner(c, scores(true, 1))) > 1e-3);  // masks differ between steps
}

TEST_CASE("first values: W_a and W_c with orthonormal columns in each head, Λ between 0 and 1") {
  Random random(9);
  const PrimalAttention layer({.in = 20, .width = 3, .heads = 2}, {.rank = 8, .key_width = 5}, random);
  CHECK(layer.query.weight.columns() == 10);
  CHECK(layer.from_e.weight.columns() == 3);
  for (const Variable& w : {layer.right.weight, layer.left.weight})
    for (Index head = 0; head < 2; ++head)
      for (Index p = 0; p < 8; ++p)
        for (Index q = 0; q <= p; ++q) {
          double along = 0;
          for (Index r = 0; r < 20; ++r)
            along += static_cast<double>(w.value()(r, head * 8 + p)) * w.value()(r, head * 8 + q);
          CHECK(std::abs(along - (p == q ? 1 : 0)) < 1e-5);
        }
  double smallest = 1, largest = 0;
  const Variable singular = softplus(layer.singular_weight);
  for (const Real value : singular.value().values()) {
    smallest = std::min(smallest, static_cast<double>(value));
    largest = std::max(largest, static_cast<double>(value));
  }
  CHECK(smallest < 0.3);
  CHECK(largest > 0.7);
  CHECK(largest <= 1);
  // a head that is wider than long has orthonormal rows
  const Tensor wide = PrimalAttention({.in = 2, .width = 3}, {.rank = 5}, random).right.weight.value();
  double along = 0, length = 0;
  for (Index t = 0; t < 5; ++t) {
    along += static_cast<double>(wide(0, t)) * wide(1, t);
    length += static_cast<double>(wide(1, t)) * wide(1, t);
  }
  CHECK(std::abs(along) < 1e-5);
  CHECK(length == doctest::Approx(1));
}

TEST_CASE("on sequences e and r take the primal form: the numbers of all pairs, in memory linear in the length") {
  const Segments segments({0, 4, 4, n});
  std::vector<NodePair> pairs;
  for (const auto& [first, last] : {std::pair<Node, Node>{0, 4}, {4, static_cast<Node>(n)}})
    for (Node i = first; i < last; ++i)
      for (Node j = first; j < last; ++j)
        pairs.emplace_back(i, j);
  const Graph graph(from_edges(n, pairs));
  const Tensor x = noise(n, in, 6);
  for (const Normaliser normaliser : {Normaliser::symmetric, Normaliser::none}) {
    const PrimalAttention layer = layer_of(normaliser);
    Pass pass = Pass::inference();
    Variable of_segments(x, true), of_graph(x, true);
    Output primal = layer(segments, of_segments, pass), dual = layer(graph, of_graph, pass);
    CHECK(inference_operands(layer, segments, Variable(x)).linear);
    CHECK_FALSE(inference_operands(layer, graph, Variable(x)).linear);
    CHECK(relative_gap(primal.y.value(), dual.y.value()) < golden_tolerance);
    CHECK(static_cast<double>(primal.penalty.value()(0, 0)) ==
          doctest::Approx(static_cast<double>(dual.penalty.value()(0, 0))).epsilon(1e-4));
    for (Output* out : {&primal, &dual}) {
      Variable loss = add(sum(multiply(out->y, out->y)), out->penalty);
      loss.backward();
    }
    CHECK(relative_gap(of_segments.grad(), of_graph.grad()) < 10 * golden_tolerance);
  }
  const Index longer = 20000;  // n² weights would be 3.2 GB
  const PrimalAttention layer = layer_of(Normaliser::symmetric);
  const Variable given(noise(longer, in, 7), true);
  const MemoryLimit buffers(static_cast<std::size_t>(longer) * 1200 * sizeof(Real));
  Pass pass = Pass::inference();
  Output out = layer(Segments({0, longer}), given, pass);
  Variable loss = add(sum(out.y), out.penalty);
  loss.backward();
  CHECK(all_finite(given.grad()));
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
  CHECK_THROWS_AS(make({.key_width = 0}), ValueError);
  CHECK_THROWS_AS(make({.eta = -1}), ValueError);
  CHECK_THROWS_AS(make({.normaliser = Normaliser::row_sum}), ValueError);
  CHECK_THROWS_AS(make({.normaliser = Normaliser::degree}), ValueError);
  Pass pass = Pass::inference();
  CHECK_FALSE(make({.eta = 0})(Graph(cycle(3)), Variable(noise(3, 2, 1)), pass).penalty.defined());
  CHECK_THROWS_AS(make({})(Graph(Csr(2, 3, {0, 1, 2}, {0, 2})), Variable(noise(2, 2, 1)), pass), ShapeError);
}
