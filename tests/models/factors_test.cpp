#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "mercer/graph/build.hpp"
#include "mercer/layers/graph_attention.hpp"
#include "mercer/models/build.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr double tolerance = sizeof(Real) == 8 ? 1e-10 : 2e-4;

/// The largest difference within a row between ln α and ln κ + ln m, each minus its mean over the row; for a signed
/// kernel between α and the nearest multiple of κ m.
double gap(const Graph& graph, const Factors& of, Index h) {
  const CsrView g = graph.adjacency();
  double far = 0;
  for (Index i = 0; i < g.rows; ++i) {
    const auto product = [&](Edge e) { return of.similarity(e, h) * std::exp(of.log_magnitude(e, h)); };
    double shift = 0, along = 0, squares = 0;
    for (const Edge e : g.row(i)) {
      shift += std::log(of.alpha(e, h)) - of.similarity(e, h) - of.log_magnitude(e, h);
      along += of.alpha(e, h) * product(e);
      squares += product(e) * product(e);
    }
    shift /= static_cast<double>(g.degree(i));
    for (const Edge e : g.row(i))
      far = std::max(far, of.is_signed ? std::abs(of.alpha(e, h) - along / squares * product(e))
                                       : std::abs(std::log(of.alpha(e, h)) - of.similarity(e, h) -
                                                  of.log_magnitude(e, h) - shift));
  }
  return far;
}

/// κ on the edges, from q and k of both ends of each edge, [edges, h*d].
Tensor asked_on_edges(const Graph& graph, const KernelProbe& probe) {
  Tensor q(graph.edges(), probe.q.columns()), k(graph.edges(), probe.q.columns());
  for_each_edge(graph.adjacency(), [&](Node i, Node j, Edge e) {
    std::copy_n(probe.q.row(i), q.columns(), q.row(e));
    std::copy_n(probe.k.row(j), k.columns(), k.row(e));
  });
  return probe.similarity(q, k);
}

const Csr small = with_loops(symmetrised(scattered(40)));
const Graph& small_graph() {
  static const Graph graph(small);
  return graph;
}
/// The neighbourhood of the model of that name.
Neighbourhood around_of(const std::string& name) { return neighbourhood_for({.name = name}, small); }

}  // namespace

TEST_CASE("similarity and magnitude multiply to α, for every model") {
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const Model model = build_model({.name = name}, 6, 3, 3);
    const Variable x(noise(40, 6, 2));
    const Neighbourhood around = around_of(name);
    for (const Operands& layer : inference_operands(model, around, x)) {
      const Factors factors = attention_factors(layer);
      CHECK(max_abs_difference(factors.alpha, attention_weights(layer)) == 0);
      for (Index h = 0; h < factors.alpha.columns(); ++h)
        CHECK(gap(around.graph(), factors, h) < tolerance);
    }
  }
}

TEST_CASE("GAT's similarity is the radial basis function of a and both ends") {
  for (const Real slope : {Real(0.2), Real(0), Real(-1)}) {
    Random random(3);
    const GraphAttention layer({.in = 6, .width = 4, .heads = 2}, {.negative_slope = slope, .score_bias = true},
                               random);
    Variable bias = layer.target_bias;
    bias.mutable_value()(0, 1) = Real(0.7);
    const Tensor x = noise(40, 6, 2), g = matmul(Variable(x), layer.weight).value();
    const Factors of = attention_factors(inference_operands(layer, small_graph(), Variable(x)));
    double far = 0;
    for_each_edge(small_graph().adjacency(), [&](Node i, Node j, Edge e) {
      for (Index h = 0; h < 2; ++h) {
        double t = bias.value()(0, h), distance = 1 + std::pow(bias.value()(0, h) - 1, 2);
        for (Index c = 4 * h; c < 4 * h + 4; ++c) {
          const Real left = layer.attention_target.value()(0, c), right = layer.attention_source.value()(0, c);
          t += left * g(i, c) + right * g(j, c);
          distance += std::pow(left - g(i, c), 2) + std::pow(right - g(j, c), 2);
        }
        const double c = t > 0 ? 1 : static_cast<double>(slope);
        far = std::max(far, std::abs(of.similarity(e, h) + c * distance / 2));
        far = std::max(far, std::abs(of.similarity(e, h) + of.log_magnitude(e, h) - c * t));
      }
    });
    CHECK(far < tolerance);
  }
}

TEST_CASE("a probe gives the layer's kernel at the layer's q and k") {
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const Model model = build_model({.name = name}, 6, 3, 3);
    const Variable x(noise(40, 6, 2));
    const Neighbourhood around = around_of(name);
    for (const Operands& layer : inference_operands(model, around, x)) {
      const Factors factors = attention_factors(layer);
      const KernelProbe probe = kernel_probe(layer);
      CHECK(probe.heads == factors.alpha.columns());
      CHECK(probe.q.columns() == probe.heads * probe.width);
      CHECK(probe.is_signed == factors.is_signed);
      if (probe.width == 0) continue;
      const Tensor kappa = asked_on_edges(around.graph(), probe);
      double far = 0;
      for (Index e = 0; e < kappa.rows(); ++e)
        for (Index h = 0; h < kappa.columns(); ++h) {
          double want = factors.similarity(e, h);
          if (name.starts_with("gat") && name != "gatv2") want += factors.log_magnitude(e, h);
          far = std::max(far, std::abs(kappa(e, h) - (probe.is_signed ? want : std::exp(want))) / (1 + std::exp(want)));
        }
      CHECK(far < tolerance);
    }
  }
}

TEST_CASE("a stationary probe is invariant to a shift of both ends, another is not") {
  for (const std::string& name : model_names()) {
    const Model model = build_model({.name = name}, 6, 3, 3);
    for (const Operands& layer : inference_operands(model, around_of(name), Variable(noise(40, 6, 2)))) {
      const KernelProbe probe = kernel_probe(layer);
      if (probe.width == 0) continue;
      CAPTURE(name);
      Tensor q = probe.q, k = probe.k;
      for (Tensor* end : {&q, &k})
        for (Index c = 0; c < end->columns(); ++c)  // by different lengths, because unit vectors may be centred
          for (Index i = 0; i < end->rows(); ++i)
            (*end)(i, c) += Real(4) / static_cast<Real>(1 + c % probe.width);
      const Real moved = max_abs_difference(probe.similarity(q, k), probe.similarity(probe.q, probe.k));
      if (probe.stationary)
        CHECK(moved < tolerance);
      else
        CHECK(moved > 5 * tolerance);
    }
  }
}
