#include "mercer/models/model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "mercer/graph/build.hpp"
#include "mercer/layers/layer_norm.hpp"
#include "mercer/models/baselines.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/gat.hpp"
#include "mercer/models/stack.hpp"
#include "mercer/training/optimizer.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// 40 nodes in two blocks with most edges inside a block; noisy features depend on the block.
struct Planted {
  Graph graph;
  Tensor x;                          // [40, 6]
  std::vector<std::int32_t> labels;  // [40]
  std::vector<Node> train, rest;

  Planted() : x(noise(40, 6, 21)) {
    Random random(4);
    std::vector<NodePair> edges;
    for (Node i = 0; i < 40; ++i) {
      labels.push_back(i % 2);
      (i < 10 ? train : rest).push_back(i);
      x(i, i % 2) += Real(0.8);
      for (Node j = 0; j < i; ++j)
        if (random.uniform() < (i % 2 == j % 2 ? 0.3 : 0.03)) edges.emplace_back(i, j);
    }
    graph = Graph(with_loops(symmetrised(from_edges(40, edges))));
  }

  Variable loss(const Variable& logits) const { return cross_entropy(logits, labels, train); }

  int right(const Tensor& logits) const {
    int count = 0;
    for (const Node i : rest)
      count += (logits(i, 1) > logits(i, 0)) == (labels[static_cast<std::size_t>(i)] == 1);
    return count;
  }
};

/// The neighbourhood of the model of that name.
Neighbourhood around_of(const std::string& name, const Planted& data) {
  return neighbourhood_for({.name = name}, data.graph.csr());
}

Variable infer(const Model& model, const Planted& data, const Neighbourhood& neighbourhood) {
  Pass pass = Pass::inference();
  return model.forward(neighbourhood, Variable(data.x), pass).y;
}

/// Adam with clipped gradients: derivatives of implicit kernels, of ln(s² + 1e-5), reach 316.
void descend(const Model& model, const Planted& data, const Neighbourhood& neighbourhood, int steps) {
  Optimizer optimizer(model.parameters, Adam{.learning_rate = 0.01, .weight_decay = 0});
  for (int step = 0; step < steps; ++step) {
    optimizer.clear_gradients();
    Pass pass = Pass::training(1, static_cast<std::uint32_t>(step));
    auto [y, penalty] = model.forward(neighbourhood, Variable(data.x), pass);
    (penalty ? add(data.loss(y), penalty) : data.loss(y)).backward();
    clip_gradients(model.parameters, 1);
    optimizer.step();
  }
}

}  // namespace

TEST_CASE("every named model learns two planted blocks") {
  const Planted data;
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const auto own = options_of_model(name).names();
    ModelOptions options{.name = name, .options = {{"dropout", 0.1f}}};
    if (name == "kernel-machine") options.options = {{"landmarks", 40}, {"lambda", 0}};  // it has no dropout
    if (std::ranges::find(own, "frequencies") != own.end()) options.options.insert_or_assign("frequencies", 16);
    const Model model = build_model(options, 6, 2, 3);
    const Neighbourhood neighbourhood = around_of(name, data);
    const Real before = data.loss(infer(model, data, neighbourhood)).value()(0, 0);
    descend(model, data, neighbourhood, 150);
    const Variable after = infer(model, data, neighbourhood);
    CHECK(data.loss(after).value()(0, 0) < before / 2);
    if (name != "mlp" && name != "kernel-machine")
      CHECK(data.right(after.value()) >= 20);  // of 30; chance and the features alone give 15
  }
}

TEST_CASE("every parameter of every model gets a gradient, and none is listed twice") {
  const Planted data;
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const Model model = build_model({.name = name}, 6, 2, 3);
    Pass pass = Pass::inference();
    auto [y, penalty] = model.forward(around_of(name, data), Variable(data.x), pass);
    (penalty ? add(data.loss(y), penalty) : data.loss(y)).backward();
    for (const Parameter& p : model.parameters) {
      CAPTURE(p.name);
      REQUIRE(p.variable.has_grad());
      CHECK(all_finite(p.variable.grad()));
      if (name == "kernel-machine" && p.name == "bias") continue;    // all logits are 0, and classes of one size
      if (p.name.starts_with("layer2.similarity.copula")) continue;  // it joins heads, and the last layer has one
      CHECK(max_abs_difference(p.variable.grad(), Tensor::like(p.variable.grad())) > 0);
    }
  }
}

TEST_CASE("attention has a row for every edge, and rows of softmax sum to one") {
  const Planted data;
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const Neighbourhood neighbourhood = around_of(name, data);
    const Graph& graph = neighbourhood.graph();
    std::vector<Tensor> alpha;
    for (const Operands& layer :
         inference_operands(build_model({.name = name}, 6, 2, 3), neighbourhood, Variable(data.x)))
      alpha.push_back(attention_weights(layer));
    if (name == "gcn" || name == "sage" || name == "mlp" || name == "kernel-machine") {
      CHECK(alpha.empty());
      continue;
    }
    REQUIRE(alpha.size() == 2);
    CHECK(alpha[0].columns() == 8);
    CHECK(alpha[1].columns() == 1);
    for (const Tensor& a : alpha) {
      REQUIRE(a.rows() == graph.edges());
      if (name == "inner-product" || name == "primal") continue;  // their denominator is the degree
      for (Index i = 0; i < graph.rows(); ++i)
        for (Index h = 0; h < a.columns(); ++h) {
          double sum = 0;
          for (const Edge e : graph.adjacency().row(i))
            sum += static_cast<double>(a(e, h));
          CHECK(sum == doctest::Approx(1));
        }
    }
  }
}

TEST_CASE("sparse features give what dense ones give") {
  Planted data;
  for (Real& value : data.x.values())
    if (value < 0.5) value = 0;
  const auto sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(data.x));
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const Model model = build_model({.name = name}, 6, 2, 3);
    Pass pass = Pass::inference();
    const Neighbourhood neighbourhood = around_of(name, data);
    const Tensor y = model.forward(neighbourhood, sparse, pass).y.value();
    CHECK(max_abs_difference(y, infer(model, data, neighbourhood).value()) < 1e-5);
  }
}

TEST_CASE("every attention takes brain floats, with nearly the same result") {
  const Planted data;
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const std::vector<std::string> options = options_of_model(name).names();
    if (std::ranges::find(options, "storage") == options.end()) {
      CHECK((name == "gcn" || name == "sage" || name == "mlp" || name == "kernel-machine"));
      continue;
    }
    const Neighbourhood around = around_of(name, data);
    const Tensor real = infer(build_model({.name = name}, 6, 2, 1), data, around).value(),
                 bf16 = infer(build_model({.name = name, .options = {{"storage", "bf16"}}}, 6, 2, 1), data, around)
                            .value();
    CHECK(max_abs_difference(real, bf16) > 0);
    CHECK(max_abs_difference(real, bf16) < 0.05);
  }
}

TEST_CASE("a model is its layers with an optional norm and the activation between") {
  const Planted data;
  Random random(5), same(5), again(5);
  const GatLayer form = gat_of_pyg();
  Shape shape{.stack = {.layers = 3}, .hidden = 4, .heads = 2, .output_heads = 3};
  const Model model = gat(shape, form, 6, 5, random);
  shape.stack.norm = Norm::layer;
  const Model normed = gat(shape, form, 6, 5, again);

  const auto layer = [&](Index in, Index width, Index heads, Join join) {
    AttentionLayerOptions options = form.layer;
    options.in = in, options.width = width, options.heads = heads, options.join = join;
    return GraphAttention(options, form.own, same);
  };
  const GraphAttention first = layer(6, 4, 2, Join::concat), second = layer(8, 4, 2, Join::concat),
                       last = layer(8, 5, 3, Join::mean);
  Pass pass = Pass::inference();
  const Variable h = elu(first(data.graph, Variable(data.x), pass).y);
  const Variable y = last(data.graph, elu(second(data.graph, h, pass).y), pass).y;
  CHECK(max_abs_difference(infer(model, data, data.graph).value(), y.value()) == 0);
  CHECK(y.columns() == 5);

  const LayerNorm norm({.width = 8});
  const Variable g = elu(norm(first(data.graph, Variable(data.x), pass).y));
  const Variable z = last(data.graph, elu(norm(second(data.graph, g, pass).y)), pass).y;
  CHECK(max_abs_difference(infer(normed, data, data.graph).value(), z.value()) == 0);
  CHECK(max_abs_difference(y.value(), z.value()) > 0);
  CHECK(normed.parameters.size() == model.parameters.size() + 4);
  CHECK(inference_operands(normed, data.graph, Variable(data.x)).size() == 3);
}

TEST_CASE("the authors' GAT drops values and biases scores, PyG's doesn't") {
  const GatLayer authors = gat_of_the_authors(), pyg = gat_of_pyg();
  CHECK(authors.layer.value_dropout == 0.6f);
  CHECK(authors.own.score_bias);
  CHECK(authors.own.initialise_per_head);
  CHECK(authors.own.dropout_per_head);
  CHECK(pyg.layer.value_dropout == 0);
  CHECK_FALSE(pyg.own.score_bias);
  CHECK(authors.layer.input_dropout == pyg.layer.input_dropout);
}

TEST_CASE("the penalty of a model is the mean of its layers', over those that have one") {
  struct Penalised {
    Output operator()(const Neighbourhood&, const Input& x, Pass&) const {
      return {x.dense(), penalty > 0 ? Variable(Tensor::filled(1, 1, penalty)) : Variable()};
    }
    Parameters parameters(const std::string&) const { return {}; }
    Real penalty;
  };
  const Planted data;
  const Model model = stack({Penalised{Real(1.5)}, Penalised{0}, Penalised{Real(4.5)}}, relu);
  Pass pass = Pass::inference();
  CHECK(model.forward(data.graph, Variable(data.x), pass).penalty.value()(0, 0) == Real(3));
  CHECK(inference_operands(model, data.graph, Variable(data.x)).empty());
}

TEST_CASE("hidden outputs are the input of the last layer") {
  const Planted data;
  Random random(3);
  const Model model = gat({.stack = {.layers = 3}, .hidden = 4, .heads = 3}, gat_of_pyg(), 6, 2, random);
  const Variable x{data.x};
  const Tensor hidden = hidden_outputs(model, data.graph, x).value();
  CHECK(hidden.rows() == 40);
  CHECK(hidden.columns() == 12);
  const Tensor last = inference_operands(model, data.graph, x).back().x.dense().value();
  CHECK(std::ranges::equal(hidden.values(), last.values()));
  const Model single = gat({.stack = {.layers = 1}}, gat_of_pyg(), 6, 2, random);
  CHECK_THROWS_AS(hidden_outputs(single, data.graph, x), ValueError);
  CHECK(hidden_outputs(gcn({.hidden = 5}, 6, 2, random), data.graph, x).columns() == 5);
}
