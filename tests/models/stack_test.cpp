#include "mercer/models/stack.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "mercer/layers/batch_norm.hpp"
#include "mercer/layers/feed_forward.hpp"
#include "mercer/layers/graph_convolution.hpp"
#include "mercer/layers/layer_norm.hpp"
#include "mercer/models/baselines.hpp"
#include "mercer/models/gat.hpp"
#include "models/models.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index nodes = 14, features = 6, classes = 3, width = 4;

Neighbourhood graph() { return Graph(with_loops(scattered(nodes))); }
Variable inputs() { return Variable(noise(nodes, features, 3)); }

GraphConvolution convolution(Index in, Index out, Random& random) {
  return GraphConvolution({.in = in, .out = out}, random);
}

Model convolutions(const StackOptions& options, Random& random) {
  return stack(
      options, {.features = features, .width = width, .classes = classes},
      [&](Index in, bool output) { return convolution(in, output ? classes : width, random); }, random);
}

Tensor trained_pass(const Model& model) {
  Pass pass = Pass::training(5, 2);
  return model.forward(graph(), inputs(), pass).y.value();
}

Tensor inferred(const Model& model) {
  Pass pass = Pass::inference();
  return model.forward(graph(), inputs(), pass).y.value();
}

std::vector<std::string> names_of(const Parameters& all) {
  std::vector<std::string> names;
  for (const Parameter& p : all)
    names.push_back(p.name);
  return names;
}

/// All that a stack can have, in either form.
OptionValues all_options(const char* block, const char* norm, const char* jumping) {
  return {{"layers", 3},         {"block", block},         {"norm", norm},        {"jumping", jumping},
          {"hidden-dropout", 0}, {"pre-linear", "active"}, {"separate", true},    {"residual", "linear"},
          {"hidden", 4},         {"classifier", "linear"}, {"activation", "gelu"}};
}

}  // namespace

TEST_CASE(
    "the plain stack by definition: pre-linear, norm, activation, dropout, sum of all layers, linear classifier") {
  Random random(5), same(5);
  const Model model = convolutions({.layers = 2,
                                    .norm = Norm::batch,
                                    .activation = relu,
                                    .hidden_dropout = 0.5f,
                                    .pre_linear = PreLinear::linear,
                                    .classifier = Classifier::linear,
                                    .jumping = Jumping::sum},
                                   random);
  const Linear pre({.in = features, .out = width}, same);
  const GraphConvolution first = convolution(width, width, same), second = convolution(width, width, same);
  const Linear classifier({.in = width, .out = classes}, same);
  const BatchNorm norm1({.width = width}), norm2({.width = width});
  Pass pass = Pass::training(5, 2);
  const auto drop = [&](const Variable& x) { return dropout(x, pass.dropout(0.5f)); };
  const Variable h0 = drop(pre(inputs()));
  const Variable y1 = first(graph(), h0, pass).y;
  const Variable h1 = drop(relu(norm1(graph(), y1, pass)));
  const Variable y2 = second(graph(), h1, pass).y;
  const Variable h2 = drop(relu(norm2(graph(), y2, pass)));
  CHECK(same_bits(trained_pass(model), classifier(add(h1, h2)).value()));
  CHECK(names_of(model.parameters) == std::vector<std::string>{"pre.weight", "pre.bias", "layer1.weight", "layer1.bias",
                                                               "norm1.weight", "norm1.bias", "layer2.weight",
                                                               "layer2.bias", "norm2.weight", "norm2.bias",
                                                               "classifier.weight", "classifier.bias"});
  CHECK(names_of(model.buffers) == std::vector<std::string>{"norm1.running_mean", "norm1.running_variance",
                                                            "norm2.running_mean", "norm2.running_variance"});
  CHECK(same_bits(model.buffers[0].variable.value(), norm1.running_mean.value()));
  CHECK(same_bits(model.buffers[3].variable.value(), norm2.running_variance.value()));
  CHECK(max_abs_difference(trained_pass(model), inferred(model)) > 0);
}

TEST_CASE("the residual stack by definition: norm, own beside neighbours, feed-forward, a norm before the classifier") {
  Random random(7), same(7);
  const Model model = convolutions({.layers = 1,
                                    .norm = Norm::layer,
                                    .activation = gelu,
                                    .block = BlockForm::residual,
                                    .classifier = Classifier::linear,
                                    .separate = true},
                                   random);
  const Linear pre({.in = features, .out = width}, same);
  const GraphConvolution layer = convolution(width, width, same);
  const Linear own({.in = width, .out = width}, same), first({.in = 2 * width, .out = width}, same),
      second({.in = width, .out = width}, same), classifier({.in = width, .out = classes}, same);
  const LayerNorm norm({.width = width});
  Pass pass = Pass::inference();
  const Variable h = gelu(pre(inputs()));
  const Variable x = norm(h);
  const Variable z = concat({own(x), layer(graph(), x, pass).y});
  const Variable y = add(h, second(gelu(first(z))));
  CHECK(same_bits(inferred(model), classifier(norm(y)).value()));
  CHECK(same_bits(hidden_outputs(model, graph(), inputs()).value(), norm(y).value()));
  CHECK(std::ranges::count(names_of(model.parameters), "feed_forward1.second.weight") == 1);
  CHECK(std::ranges::count(names_of(model.parameters), "norm.bias") == 1);
}

TEST_CASE("jumping joins the hidden layers; an output layer may read them") {
  Tensor h1, h2;
  const auto logits = [&](Jumping jumping, Tensor& read) {
    Random random(3);
    const Model model = convolutions({.layers = 3, .activation = relu, .jumping = jumping}, random);
    read = hidden_outputs(model, graph(), inputs()).value();
    return inferred(model);
  };
  Tensor read;
  logits(Jumping::concat, read);
  REQUIRE(read.columns() == 2 * width);
  h1 = slice(Variable(read), 0, width).value();
  h2 = slice(Variable(read), width, width).value();
  logits(Jumping::none, read);
  CHECK(same_bits(read, h2));
  logits(Jumping::sum, read);
  CHECK(same_bits(read, add(Variable(h1), Variable(h2)).value()));
  logits(Jumping::max, read);
  for (Index i = 0; i < nodes; ++i)
    for (Index c = 0; c < width; ++c)
      CHECK(read(i, c) == doctest::Approx(std::max(h1(i, c), h2(i, c))).epsilon(1e-5));
}

TEST_CASE("gradients of deep stacks, through every part" * doctest::skip(sizeof(Real) != 8)) {
  for (const char* block : {"plain", "residual"})
    for (const char* jumping : {"sum", "max", "concat"})
      for (const char* name : {"gat-pyg", "gcn", "sage", "mlp"}) {
        CAPTURE(block);
        CAPTURE(jumping);
        CAPTURE(name);
        ModelOptions options{.name = name, .options = all_options(block, "batch", jumping)};
        options.options.insert_or_assign("dropout", 0);
        if (options_of_model(name).find("heads") != nullptr) options.options.insert_or_assign("heads", 2);
        const Model model = build_model(options, features, classes, 3);
        std::vector<Variable> held;
        for (const Parameter& p : model.parameters)
          held.push_back(p.variable);
        const auto run = [&] {
          Pass pass = Pass::training(1, 0);
          return model.forward(graph(), inputs(), pass).y;
        };
        CHECK(held_gradient_gap(run, held) < 1e-5);
      }
}

TEST_CASE("every named model is a deep stack: each parameter has a gradient, inference changes nothing") {
  const Csr g = with_loops(scattered(nodes));
  for (const std::string& name : model_names())
    for (const char* block : {"plain", "residual"}) {
      if (name == "kernel-machine") continue;  // no stack of layers
      CAPTURE(name);
      CAPTURE(block);
      ModelOptions options{.name = name, .options = all_options(block, "batch", "concat")};
      if (options_of_model(name).find("frequencies") != nullptr) options.options.insert_or_assign("frequencies", 8);
      const Model model = build_model(options, features, classes, 3);
      const Neighbourhood around = neighbourhood_for(options, g);
      Pass training = Pass::training(1, 0), inference = Pass::inference();
      auto [y, penalty] = model.forward(around, inputs(), training);
      CHECK(y.columns() == classes);
      Variable loss = sum(multiply(y, y));
      (penalty ? add(loss, penalty) : loss).backward();
      for (const Parameter& p : model.parameters) {
        CAPTURE(p.name);
        CHECK(p.variable.has_grad() == p.variable.wants_grad());
        CHECK(all_finite(p.variable.grad()));
      }
      const Tensor before = model.buffers.front().variable.value();
      const Tensor logits = model.forward(around, inputs(), inference).y.value();
      CHECK(all_finite(logits));
      CHECK(same_bits(model.buffers.front().variable.value(), before));
      const std::size_t attending = inference_operands(model, around, inputs()).size();
      CHECK(attending == (options_of_model(name).find("heads") != nullptr ? 3 : 0));
    }
}

TEST_CASE("a residual of the baselines reads what the layer reads") {
  for (const char* name : {"gcn", "sage", "mlp"}) {
    CAPTURE(name);
    const auto built = [&](const char* residual) {
      return build_model({.name = name, .options = {{"residual", residual}}}, features, classes, 3);
    };
    const Model none = built("none"), linear = built("linear");
    CHECK(parameter_count(linear) == parameter_count(none) + features * 16 + 16);
    CHECK(max_abs_difference(inferred(none), inferred(linear)) > 0);
  }
  Random random(2);
  const Model model =
      mlp({.stack = {.layers = 1, .classifier = Classifier::linear}, .hidden = features, .residual = Residual::input},
          features, classes, random);
  const Variable w = model.parameters[0].variable, b = model.parameters[1].variable;
  const Variable h = elu(add(add_bias(matmul(inputs(), w), b), inputs()));
  CHECK(same_bits(hidden_outputs(model, graph(), inputs()).value(), h.value()));
}

TEST_CASE("options without effect on the stack are refused by name") {
  const auto refused = [](OptionValues options, const char* name = "gat") {
    return refusal({.name = name, .options = std::move(options)});
  };
  for (const auto& [option, value] : std::vector<std::pair<const char*, OptionValue>>{
           {"norm", "batch"}, {"separate", true}, {"hidden-dropout", 0.5f}, {"block", "residual"}})
    CHECK(holds(refused({{"layers", 1}, {option, value}}), std::string(option) + ": no effect on 0 hidden layers"));
  CHECK(refused({{"layers", 1}, {"norm", "batch"}, {"classifier", "linear"}}) == "");
  CHECK(refused({{"layers", 1}, {"hidden-dropout", 0.5f}, {"pre-linear", "linear"}}) == "");
  CHECK(holds(refused({{"jumping", "sum"}}),
              "jumping: no effect on 1 hidden layer, want at least 2: take layers 3, or classifier linear"));
  CHECK(holds(refused({{"block", "residual"}, {"pre-linear", "none"}}), "pre-linear: got none"));
  CHECK(holds(refused({{"classifier", "linear"}, {"output-heads", 8}}), "output-heads: no effect"));
  for (const char* name : {"gat", "gcn"})
    CHECK(holds(refused({{"layers", 1}, {"residual", "linear"}}, name), "residual: no effect without hidden layers"));
  CHECK(holds(refused({{"norm", "bach"}}), "did you mean batch?"));
  CHECK_THROWS_AS(stack({}, relu), ValueError);
}

TEST_CASE("a deep stack of one node: batch norm is refused in training, everything else works") {
  const Neighbourhood one(Graph(with_loops(no_edges(1))));
  for (const char* norm : {"none", "layer", "batch"}) {
    const Model model = build_model({.name = "gat", .options = {{"norm", norm}}}, features, classes, 1);
    Pass training = Pass::training(1, 0), inference = Pass::inference();
    const Variable x(noise(1, features, 1));
    CHECK(all_finite(model.forward(one, x, inference).y.value()));
    if (std::string(norm) == "batch")
      CHECK_THROWS_AS(model.forward(one, x, training), ValueError);
    else
      CHECK(all_finite(model.forward(one, x, training).y.value()));
  }
}
