#include "mercer/layers/edge_facts.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "layers/cases.hpp"
#include "mercer/attention/full_blocks.hpp"
#include "mercer/autograd/gradient_check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

const Csr some_graph = with_loops(scattered(12));

Tensor positive_weights(Index edges) {
  Tensor w = random_tensor(edges, 1, 5);
  for (Real& x : w.values())
    x = std::abs(x) + Real(0.1);
  return w;
}

/// w_ij / √(Σ_l w_il · Σ_l w_jl)
std::vector<double> normalised_by_definition(const Csr& g, const Tensor& w) {
  std::vector<double> degree(static_cast<std::size_t>(g.rows()), 0), result;
  for_each_edge(g, [&](Node i, Node, Edge e) { degree[static_cast<std::size_t>(i)] += static_cast<double>(w(e, 0)); });
  for_each_edge(g, [&](Node i, Node j, Edge e) {
    result.push_back(static_cast<double>(w(e, 0)) /
                     std::sqrt(degree[static_cast<std::size_t>(i)] * degree[static_cast<std::size_t>(j)]));
  });
  return result;
}

}  // namespace

TEST_CASE("every layer refuses, by name, edge facts that it doesn't take") {
  const Index edges = some_graph.edges();
  const Neighbourhood with_types(some_graph, {.type = std::vector<Node>(static_cast<std::size_t>(edges)), .types = 1});
  const Neighbourhood with_weights(some_graph, {.weight = Variable(positive_weights(edges))});
  const Neighbourhood with_features(some_graph, {.features = Variable(random_tensor(edges, 2, 1))});
  const Variable x(random_tensor(12, 5, 3));
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    const auto refused = [&](const Neighbourhood& given) {
      return message_of<ValueError>([&] { layer.infer(given, x); });
    };
    const bool takes_weights = refused(with_weights).empty(), takes_types = refused(with_types).empty();
    CHECK(takes_weights == layer.takes_weights);
    CHECK_FALSE(takes_types);
    CHECK(refused(with_types).find("] edge types: this layer doesn't take them") != std::string::npos);
    CHECK(refused(with_features).find("] edge features: this layer doesn't take them") != std::string::npos);
    if (!takes_weights)
      CHECK(refused(with_weights).find("] edge weights: this layer doesn't take them") != std::string::npos);
  }
}

TEST_CASE("an edge of weight 2 equals two edges") {
  const Csr once = with_loops(symmetrised(scattered(12)));
  const auto is_double = [](Node i, Node j) { return (i + j) % 3 == 0; };
  Tensor w(once.edges(), 1);
  std::vector<Edge> offset{0};
  std::vector<Node> neighbour;
  for (Node i = 0; i < once.rows(); ++i) {
    for (const Edge e : once.view().row(i)) {
      const Node j = once.view().neighbour[e];
      w(e, 0) = is_double(i, j) ? 2 : 1;
      neighbour.insert(neighbour.end(), is_double(i, j) ? 2 : 1, j);
    }
    offset.push_back(static_cast<Edge>(neighbour.size()));
  }
  const Graph twice(Csr(12, 12, offset, neighbour));
  const Variable x(random_tensor(12, 5, 3));
  for (const LayerCase& layer : layer_cases()) {
    if (!layer.takes_weights) continue;
    CAPTURE(layer.name);
    const Tensor weighted = layer.infer(Neighbourhood(Graph(once), {.weight = Variable(w)}), x).value();
    CHECK(max_abs_difference(weighted, layer.infer(twice, x).value()) < 1e-5);
    CHECK(max_abs_difference(weighted, layer.infer(Graph(once), x).value()) > 0.01);
  }
}

TEST_CASE("graph convolution with edge weights is D^(−1/2) A D^(−1/2) x W of weighted degrees") {
  Random random(1);
  const GraphConvolution layer({.in = 5, .out = 3}, random);
  const Tensor w = positive_weights(some_graph.edges()), x = random_tensor(12, 5, 3);
  Pass pass = Pass::inference();
  const Tensor got = layer(Neighbourhood(some_graph, {.weight = Variable(w)}), x, pass).y.value();
  const std::vector<double> a = normalised_by_definition(some_graph, w);
  const Tensor v = matmul(Variable(x), layer.weight).value();
  Tensor want(12, 3);
  for_each_edge(some_graph, [&](Node i, Node j, Edge e) {
    for (Index c = 0; c < 3; ++c)
      want(i, c) += static_cast<Real>(a[static_cast<std::size_t>(e)]) * v(j, c);
  });
  CHECK(max_abs_difference(got, want) < 1e-5);

  // weights of 1 on a symmetric graph are counts
  const Csr both_ways = symmetrised(some_graph);
  const Variable ones(Tensor::filled(both_ways.edges(), 1, 1));
  CHECK(max_abs_difference(layer(Neighbourhood(both_ways, {.weight = ones}), x, pass).y.value(),
                           layer(Neighbourhood(both_ways), x, pass).y.value()) < 1e-5);
}

TEST_CASE("layers that take weights have over weighted blocks the bits of the graph's rows") {
  const Variable w(positive_weights(some_graph.edges()));
  const Neighbourhood whole(some_graph, {.weight = w});
  const std::vector<Node> targets{7, 3, 10};
  const Neighbourhood block = full_blocks(whole, targets, 1).front();
  const std::vector<Node> nodes = std::get<Block>(block.topology()).origin().nodes;
  REQUIRE(block.columns() > block.rows());
  const Variable x(random_tensor(12, 5, 3));
  Random random(1);
  const KernelAttention symmetric(
      case_sizes, {.similarity = Fitted{Constant{}}, .edge_weights = true, .normaliser = Normaliser::symmetric},
      random);
  const auto check = [&](const auto& infer) {
    CHECK(same_bits(infer(block, gather_rows(x, nodes)).value(), gather_rows(infer(whole, x), targets).value()));
  };
  check([&](const Neighbourhood& where, const Variable& of) {
    Pass pass = Pass::inference();
    return symmetric(where, of, pass).y;
  });
  for (const LayerCase& layer : layer_cases())
    if (layer.takes_weights)
      check([&](const Neighbourhood& where, const Variable& of) { return layer.infer(where, of); });
  // without the degrees of the graph the symmetric ones are not known
  const Neighbourhood bare(std::get<Block>(block.topology()), {.weight = block.facts().weight});
  const GraphConvolution convolution({.in = 5, .out = 3}, random);
  Pass pass = Pass::inference();
  CHECK_THROWS_WITH_AS(convolution(bare, gather_rows(x, nodes), pass),
                       doctest::Contains("which full_blocks(neighbourhood, targets, layers) makes"), ValueError);
}

TEST_CASE("the symmetric denominator of a kernel layer counts weights") {
  Random random(1);
  const KernelAttention layer(
      case_sizes, {.similarity = Fitted{Constant{}}, .edge_weights = true, .normaliser = Normaliser::symmetric},
      random);
  const Tensor w = positive_weights(some_graph.edges());
  const Tensor alpha = attention_weights(
      inference_operands(layer, Neighbourhood(some_graph, {.weight = Variable(w)}), Input(random_tensor(12, 5, 3))));
  const std::vector<double> want = normalised_by_definition(some_graph, w);
  for (Index e = 0; e < alpha.rows(); ++e)
    CHECK(alpha(e, 0) == doctest::Approx(want[static_cast<std::size_t>(e)]).epsilon(1e-4));
}

TEST_CASE("a node with weighted degree 0 gives zeros, not NaN") {
  const Csr g(3, 3, {0, 1, 2, 2}, {1, 0});
  const Neighbourhood neighbourhood(g, {.weight = Variable(Tensor::from({{0}, {2}}))});
  const Tensor w = symmetric_weights("test", neighbourhood).value();
  CHECK(w(0, 0) == 0);
  CHECK(w(1, 0) == 0);  // its source has degree 0
  CHECK(message_of<ValueError>([&] { symmetric_weights("test", Neighbourhood(g)); }) ==
        "[test] degrees of edge weights: the neighbourhood has no edge weights");
  CHECK_THROWS_AS(symmetric_weights("test", Neighbourhood(Csr(1, 2, {0, 1}, {1}), {.weight = Variable(Tensor(1, 1))})),
                  ValueError);
}

TEST_CASE("graph attention with edge features has GATConv's α, edge by edge") {
  constexpr Index heads = 2, width = 3, count = 4;
  Random random(3);
  const GraphAttention layer({.in = 5, .width = width, .heads = heads}, {.edge_features = count}, random);
  const Tensor x = random_tensor(12, 5, 3), features = random_tensor(some_graph.edges(), count, 9);
  const Neighbourhood neighbourhood(some_graph, {.features = Variable(features)});
  const Tensor alpha = attention_weights(inference_operands(layer, neighbourhood, x));
  const Tensor g = matmul(Variable(x), layer.weight).value(), f = matmul(Variable(features), layer.edge_weight).value();
  const auto dot = [](const Tensor& row_of, Index row, const Tensor& a, Index h) {
    double sum = 0;
    for (Index c = h * width; c < (h + 1) * width; ++c)
      sum += static_cast<double>(row_of(row, c)) * static_cast<double>(a(0, c));
    return sum;
  };
  const auto score = [&](Node i, Node j, Edge e, Index h) {
    const double s = dot(g, i, layer.attention_target.value(), h) + dot(g, j, layer.attention_source.value(), h) +
                     dot(f, e, layer.edge_score.value(), h);
    return std::exp(s > 0 ? s : 0.2 * s);
  };
  for (Index h = 0; h < heads; ++h) {
    std::vector<double> sum(12, 0);
    for_each_edge(some_graph, [&](Node i, Node j, Edge e) { sum[static_cast<std::size_t>(i)] += score(i, j, e, h); });
    for_each_edge(some_graph, [&](Node i, Node j, Edge e) {
      CHECK(alpha(e, h) == doctest::Approx(score(i, j, e, h) / sum[static_cast<std::size_t>(i)]).epsilon(1e-4));
    });
  }
  CHECK(max_abs_difference(attention_factors(inference_operands(layer, neighbourhood, x)).alpha, alpha) < 1e-6);
  Pass pass = Pass::inference();
  CHECK(message_of<ValueError>([&] { layer(Neighbourhood(some_graph), x, pass); }) ==
        "[GraphAttention] edge features: the neighbourhood has none");
  const Neighbourhood narrow(some_graph, {.features = Variable(random_tensor(some_graph.edges(), 2, 9))});
  CHECK_THROWS_AS(layer(narrow, x, pass), ShapeError);
}

TEST_CASE("GATv2 with edge features has GATv2Conv's α, edge by edge, and all of it is similarity") {
  constexpr Index heads = 2, width = 3, count = 4;
  const Tensor x = random_tensor(12, 5, 3), features = random_tensor(some_graph.edges(), count, 9);
  const Neighbourhood neighbourhood(some_graph, {.features = Variable(features)});
  for (const bool shared : {false, true}) {
    Random random(3);
    const GraphAttentionV2 layer({.in = 5, .width = width, .heads = heads},
                                 {.share_weights = shared, .edge_features = count}, random);
    const Operands operands = inference_operands(layer, neighbourhood, x);
    const Tensor alpha = attention_weights(operands);
    const Tensor q = layer.target(Input(x)).value(), k = layer.source(Input(x)).value(),
                 f = matmul(Variable(features), layer.edge_weight).value();
    const auto score = [&](Node i, Node j, Edge e, Index h) {
      double sum = 0;
      for (Index c = h * width; c < (h + 1) * width; ++c) {
        const double z = static_cast<double>(q(i, c)) + static_cast<double>(k(j, c)) + static_cast<double>(f(e, c));
        sum += static_cast<double>(layer.score.value()(0, c)) * (z > 0 ? z : 0.2 * z);
      }
      return sum;
    };
    const Factors factors = attention_factors(operands);
    CHECK(max_abs_difference(factors.alpha, alpha) < 1e-6);
    CHECK(max_abs_difference(factors.log_magnitude, Tensor::like(alpha)) == 0);
    for (Index h = 0; h < heads; ++h) {
      std::vector<double> sum(12, 0);
      for_each_edge(some_graph,
                    [&](Node i, Node j, Edge e) { sum[static_cast<std::size_t>(i)] += std::exp(score(i, j, e, h)); });
      for_each_edge(some_graph, [&](Node i, Node j, Edge e) {
        const double want = std::exp(score(i, j, e, h)) / sum[static_cast<std::size_t>(i)];
        CHECK(alpha(e, h) == doctest::Approx(want).epsilon(1e-4));
        CHECK(factors.similarity(e, h) == doctest::Approx(score(i, j, e, h)).epsilon(1e-4));
      });
    }
    Pass pass = Pass::inference();
    CHECK(message_of<ValueError>([&] { layer(Neighbourhood(some_graph), x, pass); }) ==
          "[GraphAttentionV2] edge features: the neighbourhood has none");
    const Neighbourhood narrow(some_graph, {.features = Variable(random_tensor(some_graph.edges(), 2, 9))});
    CHECK_THROWS_AS(layer(narrow, x, pass), ShapeError);
  }
}

TEST_CASE("layers that read edge features have over blocks the bits of the graph's rows") {
  const Neighbourhood whole(some_graph, {.features = Variable(random_tensor(some_graph.edges(), 4, 9))});
  const std::vector<Node> targets{7, 3, 10};
  const Neighbourhood block = full_blocks(whole, targets, 1).front();
  const std::vector<Node> nodes = std::get<Block>(block.topology()).origin().nodes;
  REQUIRE(block.columns() > block.rows());
  const Variable x(random_tensor(12, 5, 3));
  const AttentionLayerOptions sizes{.in = 5, .width = 3, .heads = 2};
  Random random(1);
  const GraphAttention first(sizes, {.edge_features = 4}, random);
  const GraphAttentionV2 second(sizes, {.edge_features = 4}, random);
  const auto check = [&](const auto& layer) {
    Pass pass = Pass::inference();
    CHECK(same_bits(layer(block, gather_rows(x, nodes), pass).y.value(),
                    gather_rows(layer(whole, x, pass).y, targets).value()));
  };
  check(first);
  check(second);
}

#ifdef MERCER_REAL_DOUBLE
TEST_CASE("gradients of edge features, their parameters and edge weights") {
  const Tensor x = random_tensor(12, 5, 3);
  const auto by_features = [&](const Variable& features, const Variable& edge_weight, const Variable& edge_score) {
    Random random(3);
    GraphAttention layer({.in = 5, .width = 3, .heads = 2}, {.edge_features = 4}, random);
    layer.edge_weight = edge_weight;
    layer.edge_score = edge_score;
    Pass pass = Pass::inference();
    return layer(Neighbourhood(some_graph, {.features = features}), x, pass).y;
  };
  CHECK(gradient_gap_of(by_features, random_tensor(some_graph.edges(), 4, 9), random_tensor(4, 6, 1),
                        random_tensor(1, 6, 2)) < 1e-6);
  const auto by_second = [&](const Variable& features, const Variable& edge_weight, const Variable& score,
                             const Variable& given) {
    Random random(3);
    GraphAttentionV2 layer({.in = 5, .width = 3, .heads = 2}, {.edge_features = 4}, random);
    layer.edge_weight = edge_weight;
    layer.score = score;
    Pass pass = Pass::inference();
    return layer(Neighbourhood(some_graph, {.features = features}), given, pass).y;
  };
  CHECK(gradient_gap_of(by_second, random_tensor(some_graph.edges(), 4, 9), random_tensor(4, 6, 1),
                        random_tensor(1, 6, 2), x) < 1e-6);
  const auto by_weights = [&](const Variable& weights) {
    Random random(1);
    const GraphConvolution layer({.in = 5, .out = 3}, random);
    Pass pass = Pass::inference();
    return layer(Neighbourhood(some_graph, {.weight = weights}), x, pass).y;
  };
  CHECK(gradient_gap_of(by_weights, positive_weights(some_graph.edges())) < 1e-6);
}
#endif
