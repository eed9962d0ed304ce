#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <type_traits>

#include "layers/cases.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/layer_norm.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {
constexpr bool is_single = std::is_same_v<Real, float>;
}  // namespace

TEST_CASE("every layer names itself or its step when x is undefined") {
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    std::string message;
    try {
      layer.infer(Graph(scattered(4)), Variable());
    } catch (const ValueError& error) {
      message = error.what();
    }
    CAPTURE(message);
    CHECK(message.find("] operand: got an undefined variable") != std::string::npos);
    CHECK_FALSE(message.starts_with("[Variable]"));
  }
}

TEST_CASE("a layer names itself and x when x has not a row for each source") {
  const Neighbourhood four = Graph(scattered(4));
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    const std::string message = message_of<ShapeError>([&] { layer.infer(four, Variable(noise(3, 5, 1))); });
    CAPTURE(message);
    CHECK(message.find("] rows of x (one for each source): got 3, want 4") != std::string::npos);
    CHECK_FALSE(message.starts_with("[attend]"));
  }
}

TEST_CASE("a permutation of the nodes permutes the output") {
  const Index n = 23;
  const Csr g = with_loops(scattered(n));
  std::vector<Node> new_id(static_cast<std::size_t>(n));
  std::iota(new_id.begin(), new_id.end(), 0);
  Random(5).shuffle(new_id);
  std::vector<NodePair> edges;
  for_each_edge(g, [&](Node i, Node j, Edge) {
    edges.emplace_back(new_id[static_cast<std::size_t>(i)], new_id[static_cast<std::size_t>(j)]);
  });
  const auto permuted = [&](const Tensor& x) {
    Tensor moved = Tensor::like(x);
    for (Index i = 0; i < n; ++i)
      std::copy_n(x.row(i), x.columns(), moved.row(new_id[static_cast<std::size_t>(i)]));
    return moved;
  };
  const Tensor x = noise(n, 5, 1);
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    const Tensor y = layer.infer(Graph(g), Variable(x)).value();
    const Tensor z = layer.infer(Graph(from_edges(n, edges)), Variable(permuted(x))).value();
    CHECK(relative_gap(z, permuted(y)) < golden_tolerance);
    CHECK(relative_gap(z, y) > 0.01);  // the permutation changes the rows
  }
}

TEST_CASE("layers agree with their definition") {
  int stated = 0;
  for (const Index n : {1, 9, 33})
    for (const Csr& g : {with_loops(scattered(n)), scattered(n), star(n)})
      for (const LayerCase& layer : layer_cases()) {
        if (!layer.defined) continue;
        CAPTURE(layer.name);
        const Tensor x = noise(n, 5, 12);
        CHECK(relative_gap(layer.infer(Graph(g), Variable(x)).value(), layer.defined(g, x)) < golden_tolerance);
        ++stated;
      }
  CHECK(stated > 0);
}

TEST_CASE("nodes without neighbours, few nodes, no nodes and no features give finite numbers") {
  for (const Index n : {0, 1, 2, 7, 33})
    for (const Csr& g : {no_edges(n), scattered(n), star(n)})
      for (LayerCase& layer : layer_cases()) {
        CAPTURE(layer.name);
        CAPTURE(n);
        const Variable x(noise(n, 5, 2), true);
        Variable y = layer.infer(Graph(g), x);
        REQUIRE(y.rows() == n);
        CHECK(all_finite(y.value()));
        y.backward(noise(y.rows(), y.columns(), 3));
        CHECK(all_finite(x.grad()));
        for (Parameter& p : layer.parameters) {
          CHECK(all_finite(p.variable.grad()));
          p.variable.clear_grad();
        }
      }
  Random random(1);
  const GraphAttention of_nothing({.in = 0, .width = 2, .heads = 2}, random);
  Pass pass = Pass::inference();
  CHECK(max_abs_difference(of_nothing(Graph(cycle(3)), Variable(Tensor(3, 0)), pass).y.value(), Tensor(3, 4)) == 0);
}

TEST_CASE("every parameter and x get a gradient") {
  const Graph g(with_loops(scattered(17)));
  for (LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    const Variable x(noise(17, 5, 4), true);
    layer.infer(g, x).backward(noise(17, layer.infer(g, x).columns(), 5));
    for (const Parameter& p : layer.parameters) {
      CAPTURE(p.name);
      REQUIRE(p.variable.has_grad());
      CHECK(max_abs_difference(p.variable.grad(), Tensor::like(p.variable.grad())) > 0);
    }
    CHECK(max_abs_difference(x.grad(), Tensor(17, 5)) > 0);
  }
}

TEST_CASE("gradients are those of central differences" * doctest::skip(is_single)) {
  const Graph g(scattered(9));
  for (LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    const Variable x(noise(9, 5, 6), true);
    const auto run = [&] { return layer.infer(g, x); };
    std::vector<Variable> operands{x};
    for (const Parameter& p : layer.parameters)
      operands.push_back(p.variable);
    CHECK(held_gradient_gap(run, operands) < 1e-7);
  }
}

TEST_CASE("gradients under dropout are those of the masks drawn" * doctest::skip(is_single)) {
  const Graph g(with_loops(scattered(9)));
  for (LayerCase& layer : layer_cases(0.4f)) {
    CAPTURE(layer.name);
    const Variable x(noise(9, 5, 6), true);
    const auto run = [&] {
      Pass pass = Pass::training(3, 1);
      return layer.call(g, x, pass);
    };
    std::vector<Variable> operands{x};
    for (const Parameter& p : layer.parameters)
      operands.push_back(p.variable);
    CHECK(held_gradient_gap(run, operands) < 1e-7);
  }
}

TEST_CASE("sparse features give what dense ones give") {
  const Graph g(with_loops(scattered(12)));
  Tensor x = noise(12, 5, 7);
  for (Real& value : x.values())
    if (value < 0.3) value = 0;
  const auto sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x));
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    CHECK(relative_gap(layer.infer(g, sparse).value(), layer.infer(g, Variable(x)).value()) < golden_tolerance);
  }
}

TEST_CASE("dropout acts in training only, by the pass's draws") {
  const Graph g(with_loops(scattered(12)));
  const Variable x(noise(12, 5, 8));
  const auto dropping = layer_cases(0.5f), keeping = layer_cases();
  REQUIRE(dropping.size() == keeping.size());
  for (std::size_t n = 0; n < dropping.size(); ++n) {
    CAPTURE(keeping[n].name);
    const auto without = [&](std::uint32_t step) {  // the noise of a training pass is drawn alike
      Pass pass = Pass::training(1, step);
      return keeping[n].call(g, x, pass).value();
    };
    const auto train = [&](std::uint32_t step) {
      Pass pass = Pass::training(1, step);
      return dropping[n].call(g, x, pass).value();
    };
    const Tensor y = keeping[n].infer(g, x).value();
    CHECK(max_abs_difference(dropping[n].infer(g, x).value(), y) == 0);
    CHECK(max_abs_difference(train(0), y) > 0);
    CHECK(max_abs_difference(train(0), without(0)) > 0);
    CHECK(max_abs_difference(train(0), train(0)) == 0);
    CHECK(max_abs_difference(train(0), train(1)) > 0);
  }
}

TEST_CASE("dropout on values leaves the scores alone: y is right on average") {
  const Graph g(with_loops(scattered(8)));
  const Variable x(noise(8, 5, 9));
  Random random(2);
  GraphAttention layer({.in = 5, .width = 3, .heads = 2, .value_dropout = 0.5f}, {.score_bias = true}, random);
  Pass inference = Pass::inference();
  const Tensor y = layer(g, x, inference).y.value();
  Tensor mean = Tensor::like(y);
  const int passes = 4000;
  for (int step = 0; step < passes; ++step) {
    Pass pass = Pass::training(1, static_cast<std::uint32_t>(step));
    const Tensor drawn = layer(g, x, pass).y.value();
    for (std::size_t n = 0; n < mean.values().size(); ++n)
      mean.values()[n] += drawn.values()[n] / passes;
  }
  CHECK(max_abs_difference(mean, y) < 0.1);
  CHECK(max_abs_difference(mean, y) > 0);
}

TEST_CASE("a layer refuses x of another width") {
  const Graph g(cycle(4));
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    CHECK_THROWS_AS(layer.infer(g, Variable(Tensor(4, 6))), ShapeError);
    CHECK_THROWS_AS(layer.infer(g, Variable(Tensor(3, 5))), ShapeError);
  }
}

TEST_CASE("a missing width or number of heads is refused by name") {
  Random random(1);
  CHECK_THROWS_WITH_AS(GraphAttention({.in = 4}, random), "[GraphAttention] width: got 0, want at least 1", ValueError);
  CHECK_THROWS_AS(GraphAttentionV2({.in = 4, .width = -1}, random), std::invalid_argument);
  CHECK_THROWS_WITH_AS(GraphAttention({.in = 4, .width = 2, .heads = 0}, random),
                       "[GraphAttention] heads: got 0, want at least 1", ValueError);
  CHECK_THROWS_AS(KernelAttention({.in = 4}, random), ValueError);
  CHECK_THROWS_WITH_AS(Linear({.in = 4}, random), "[Linear] out: got 0, want at least 1", ValueError);
}

TEST_CASE("the α of every attention layer, with its gradient" * doctest::skip(is_single)) {
  const Graph g(scattered(9));
  const Variable x(noise(9, 5, 6), true);
  const auto check = [&](const auto& layer) {
    const Operands of = inference_operands(layer, g, x);
    const auto run = [&] {
      Pass pass = Pass::inference();
      return attention_alpha(layer.operands(g, x, pass));
    };
    CHECK(max_abs_difference(run().value(), attention_weights(of)) == 0);
    CHECK(held_gradient_gap(run, {x}) < 1e-7);
  };
  Random random(11);
  check(GraphAttention({.in = 5, .width = 3, .heads = 2}, random));
  check(GraphAttentionV2({.in = 5, .width = 3, .heads = 2}, random));
  check(PrimalAttention({.in = 5, .width = 3, .heads = 2}, random));
  check(KernelAttention({.in = 5, .width = 3, .heads = 2}, {.similarity = BilinearOptions{}, .p = Real(3)}, random));
  check(KernelAttention({.in = 5, .width = 3, .heads = 2},
                        {.similarity = FourierMapOptions{.distribution = SamplerOptions{},
                                                         .frequencies = 4,
                                                         .noise = {.noise = Noise::averaged, .draws = 3}}},
                        random));
}

TEST_CASE("operands of a training pass are those of the layer's y: the same draws") {
  const Graph g(with_loops(scattered(12)));
  const Variable x(noise(12, 5, 8));
  Random random(2);
  const GraphAttention layer(
      {.in = 5, .width = 3, .heads = 2, .bias = false, .input_dropout = 0.5f, .attention_dropout = 0.5f}, random);
  Pass pass = Pass::training(1, 3), same = pass;
  CHECK(max_abs_difference(attend(layer.operands(g, x, pass)).value(), layer(g, x, same).y.value()) == 0);
}

TEST_CASE("layers refuse sizes that make none") {
  Random random(1);
  CHECK_THROWS_WITH_AS(KernelAttention({.in = 3, .width = -1}, random),
                       "[KernelAttention] width: got -1, want at least 1", ValueError);
  CHECK_THROWS_WITH_AS(GraphAttention({.in = 3, .width = 4, .heads = 0}, {}, random),
                       "[GraphAttention] heads: got 0, want at least 1", ValueError);
  CHECK_THROWS_WITH_AS(GraphAttentionV2({.in = 3, .width = 4, .attention_dropout = 60}, {}, random),
                       doctest::Contains("[GraphAttentionV2] attention_dropout: got 60"), ValueError);
  CHECK_THROWS_WITH_AS(GraphAttention({.in = 3, .width = 4}, {.edge_features = -1}, random),
                       doctest::Contains("edge_features: got -1"), ValueError);
  CHECK_THROWS_WITH_AS(GraphAttentionV2({.in = 3, .width = 4}, {.edge_features = -1}, random),
                       doctest::Contains("[GraphAttentionV2] edge_features: got -1"), ValueError);
  CHECK_THROWS_WITH_AS(KernelAttention({.in = 3, .width = 4}, {.edge_types = -1}, random),
                       doctest::Contains("edge_types: got -1"), ValueError);
  CHECK_THROWS_AS(GraphConvolution({.in = 3, .out = 0}, random), ValueError);
  CHECK_THROWS_AS(GraphIsomorphism({.in = 3, .out = 2, .hidden = 0}, random), ValueError);
  CHECK_THROWS_AS(LayerNorm({.width = 0}), ValueError);
}
