#include "mercer/models/global_branch.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "mercer/autograd/heads.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/layers/frobenius_attention.hpp"
#include "mercer/layers/layer_norm.hpp"
#include "mercer/models/model.hpp"
#include "mercer/training/node_classification.hpp"
#include "models/models.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"
#include "support/same_training.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index all_count = 14, all_features = 6, all_classes = 3;

Neighbourhood everywhere() { return Graph(with_loops(scattered(all_count))); }
Variable seen() { return Variable(noise(all_count, all_features, 3)); }

Model branched(const std::string& name, OptionValues more) {
  OptionValues options{{"layers", 2}, {"hidden", 4}, {"classifier", "linear"}, {"jumping", "sum"}};
  for (const auto& [option, value] : more)
    options.insert_or_assign(option, value);
  if (name == "gat") options.insert({{"heads", 2}, {"dropout", 0}});
  if (name == "gcn") options.insert({"dropout", 0});
  return build_model({.name = name, .options = std::move(options)}, all_features, all_classes, 3);
}

Tensor logits(const Model& model, Pass pass = Pass::inference()) {
  return model.forward(everywhere(), seen(), pass).y.value();
}

Variable parameter(const Model& model, const std::string& name) {
  for (const Parameters* list : {&model.parameters, &model.buffers})
    for (const Parameter& p : *list)
      if (p.name == name) return p.variable;
  FAIL("no parameter " << name);
  return {};
}

Variable linear_of(const Model& model, const std::string& name, const Variable& x) {
  return add_bias(matmul(x, parameter(model, name + ".weight")), parameter(model, name + ".bias"));
}

Variable norm_of(const Model& model, const std::string& name, const Variable& x) {
  return layer_norm(x, parameter(model, name + ".weight"), parameter(model, name + ".bias"));
}

/// Frobenius attention with the parameters of the branch's first layer.
Variable frobenius_of(const Model& model, const Variable& z) {
  Random random(1);
  FrobeniusAttention attention({.in = 4, .width = 4, .join = Join::mean, .bias = false}, random);
  for (const Parameter& p : attention.parameters()) {
    Variable same = p.variable;
    same.mutable_value() = parameter(model, "global.layer1." + p.name).value();
  }
  Pass pass = Pass::inference();
  return attention(Segments({0, all_count}), z, pass).y;
}

/// Σ_j ⟨σ(k_i), σ(k_j)⟩ v_j / Σ_j ⟨σ(k_i), σ(k_j)⟩ in each head, pair by pair.
Tensor sigmoid_pairs(const Tensor& k, const Tensor& v, Index heads) {
  const Index width = k.columns() / heads;
  Tensor y(v.rows(), v.columns());
  const auto squashed = [&](Index i, Index c) { return 1 / (1 + std::exp(-static_cast<double>(k(i, c)))); };
  for (Index i = 0; i < v.rows(); ++i)
    for (Index c = 0; c < v.columns(); ++c) {
      double above = 0, below = 0;
      for (Index j = 0; j < v.rows(); ++j) {
        double weight = 0;
        for (Index d = c / width * width; d < (c / width + 1) * width; ++d)
          weight += squashed(i, d) * squashed(j, d);
        above += weight * static_cast<double>(v(j, c));
        below += weight;
      }
      y(i, c) = static_cast<Real>(above / below);
    }
  return y;
}

const OptionValues gated{{"block", "gated"},   {"norm", "layer"},       {"global", "gated"},
                         {"global-heads", 2},  {"global-layers", 2},    {"residual", "linear"},
                         {"local-epochs", 3},  {"activation", "relu"},  {"pre-linear", "linear"},
                         {"pre-dropout", 0.2}, {"hidden-dropout", 0.3}, {"heads", 2}};

Task learned(const Model& model, const std::vector<std::int32_t>& labels, const std::vector<Node>& rows) {
  return node_classification({.parameters = model.parameters,
                              .predict = [&model](Pass& pass) { return model.forward(everywhere(), seen(), pass); },
                              .labels = labels,
                              .train = rows,
                              .validation = rows,
                              .test = rows,
                              .buffers = model.buffers});
}

}  // namespace

TEST_CASE("an averaged branch by definition: Frobenius attention of the features beside the stack") {
  const Model model = branched("gcn", {{"global", "average"}, {"global-weight", 0.2}, {"activation", "relu"}});
  const Model alone = branched("gcn", {{"activation", "relu"}});
  for (std::size_t p = 0; p < alone.parameters.size(); ++p)  // the branch is drawn last
    CHECK(same_bits(alone.parameters[p].variable.value(), model.parameters[p].variable.value()));
  const Variable z = relu(norm_of(model, "global.norm", linear_of(model, "global.first", seen())));
  const Variable all = norm_of(model, "global.norm1", scale(add(frobenius_of(model, z), z), Real(0.5)));
  const Variable local = hidden_outputs(alone, everywhere(), seen());
  const Variable h = add(scale(local, Real(0.8)), scale(all, Real(0.2)));
  CHECK(max_abs_difference(hidden_outputs(model, everywhere(), seen()).value(), h.value()) < 1e-5);
  CHECK(max_abs_difference(logits(model), linear_of(model, "classifier", h).value()) < 1e-5);
}

TEST_CASE("an averaged branch without a norm, and with one over columns, whose statistics are buffers") {
  const OptionValues averaged{{"global", "average"}, {"activation", "relu"}};
  OptionValues options = averaged;
  options.insert({"global-norm", "none"});
  const Model plain = branched("gcn", options), alone = branched("gcn", {{"activation", "relu"}});
  for (const Parameter& p : plain.parameters)
    CHECK(!p.name.starts_with("global.norm"));
  const Variable z = relu(linear_of(plain, "global.first", seen()));
  const Variable all = scale(add(frobenius_of(plain, z), z), Real(0.5));
  const Variable h = scale(add(hidden_outputs(alone, everywhere(), seen()), all), Real(0.5));
  CHECK(max_abs_difference(hidden_outputs(plain, everywhere(), seen()).value(), h.value()) < 1e-5);

  options.insert_or_assign("global-norm", "batch");
  const Model batch = branched("gcn", options);
  const Tensor before = parameter(batch, "global.norm1.running_mean").value();
  logits(batch, Pass::training(1, 0));
  CHECK(max_abs_difference(parameter(batch, "global.norm1.running_mean").value(), before) > 0);
}

TEST_CASE("gated layers and a gated branch by definition, before and after the warm-up") {
  const Model model = branched("gat", gated);
  Variable z = linear_of(model, "pre", seen());
  Variable local;
  for (const std::string l : {"1", "2"}) {
    const Variable gate = relu(linear_of(model, "gate" + l, z));
    // the layer alone: a stack of one such layer shares its parameters
    const Variable before = z;
    Random random(1);
    const Model one = build_model({.name = "gat",
                                   .options = {{"layers", 1},
                                               {"hidden", 4},
                                               {"heads", 2},
                                               {"dropout", 0},
                                               {"residual", "linear"},
                                               {"activation", "relu"},
                                               {"classifier", "linear"}}},
                                  8, all_classes, 1);
    for (const Parameter& p : one.parameters)
      if (p.name.starts_with("layer1.")) {
        Variable same = p.variable;
        same.mutable_value() = parameter(model, "layer" + l + p.name.substr(6)).value();
      }
    const Variable x = hidden_outputs(one, everywhere(), before);
    const Variable y = norm_of(model, "norm" + l, multiply(gate, x));
    const Variable beta = sigmoid(parameter(model, "beta" + l));
    z = add(y, scale_heads(subtract(x, y), beta));
    local = local ? add(local, z) : z;
  }
  CHECK(max_abs_difference(logits(model), linear_of(model, "classifier", local).value()) < 1e-5);

  Variable passes = parameter(model, "global.passes");
  passes.mutable_value()(0, 0) = 4;
  Variable h = norm_of(model, "global.norm", local);
  for (const std::string l : {"1", "2"}) {
    const Tensor k = linear_of(model, "global.layer" + l + ".key", h).value();
    const Tensor v = linear_of(model, "global.layer" + l + ".value", h).value();
    const Variable y = norm_of(model, "global.norm" + l, Variable(sigmoid_pairs(k, v, 2)));
    const Variable gate =
        add_bias(linear_of(model, "global.gate" + l, h), sigmoid(parameter(model, "global.beta" + l)));
    h = relu(linear_of(model, "global.last", multiply(y, gate)));
  }
  CHECK(max_abs_difference(logits(model), linear_of(model, "global.classifier", h).value()) < 1e-4);
}

TEST_CASE("the global branch begins after its local epochs, and evaluation knows") {
  const Model model = branched("gat", gated);
  const Variable passes = parameter(model, "global.passes");
  for (std::uint32_t step = 0; step < 6; ++step) {
    for (const Parameter& p : model.parameters) {
      Variable same = p.variable;
      same.clear_grad();
    }
    Pass pass = Pass::training(1, step);
    Variable y = model.forward(everywhere(), seen(), pass).y;
    sum(multiply(y, y)).backward();
    CHECK(parameter(model, "global.classifier.bias").has_grad() == (step >= 3));
    CHECK(parameter(model, "classifier.bias").has_grad() == (step < 3));
    CHECK(passes.value()(0, 0) == static_cast<Real>(step < 4 ? step + 1 : 4));
    const Variable hidden = hidden_outputs(model, everywhere(), seen());
    const char* classifier = step >= 3 ? "global.classifier" : "classifier";
    CHECK(same_bits(logits(model), linear_of(model, classifier, hidden).value()));
    CHECK(inference_operands(model, everywhere(), seen()).size() == 2);
  }
}

TEST_CASE("gradients through every global attention" * doctest::skip(sizeof(Real) != 8)) {
  for (const Choice<GlobalAttention>& attention : global_attention_choices)
    for (const char* form : {"average", "gated"}) {
      CAPTURE(attention.name);
      CAPTURE(form);
      const Model model = branched("gat", {{"global", form},
                                           {"global-attention", attention.name},
                                           {"global-heads", 2},
                                           {"global-norm", attention.value == GlobalAttention::elu ? "batch" : "layer"},
                                           {"block", "gated"},
                                           {"norm", "layer"},
                                           {"activation", "gelu"}});
      const bool is_first = &attention == &global_attention_choices[0];  // below the branch all are alike
      std::vector<Variable> held;
      for (const Parameter& p : model.parameters)
        if (p.name.starts_with("global.") || (is_first && !p.name.starts_with("classifier.")))
          held.push_back(p.variable);
      const auto run = [&] {
        Pass pass = Pass::inference();
        return model.forward(everywhere(), seen(), pass).y;
      };
      CHECK(held_gradient_gap(run, held) < 1e-4);
    }
}

TEST_CASE("training over the end of the warm-up: the same bits on any number of threads, and resumed") {
  const std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1};
  const std::vector<Node> rows{0, 1, 2, 3, 4, 5, 6, 7};
  const auto run = [&](int threads, Index stop_after) {
    set_threads(threads);
    const Model model = branched("gat", gated);
    TrainOptions options{.epochs = stop_after, .seed = 2, .stop = StopRule::validation_score};
    TrainResult result = train(learned(model, labels, rows), options);
    if (stop_after < 8) {
      const Model again = branched("gat", gated);
      options.epochs = 8;
      options.resume = result.state;
      result = train(learned(again, labels, rows), options);
    }
    set_threads(0);
    return result.state;
  };
  const TrainState whole = run(1, 8);
  CHECK(whole.buffers.at("global.passes")(0, 0) == Real(4));
  for (const int threads : {2, 4})
    check_same(whole, run(threads, 8));
  for (const Index stopped : {2, 3, 5})
    check_same(whole, run(2, stopped));
}

TEST_CASE("what a global branch can't be is refused with the way out") {
  const auto refused = [](OptionValues options) {
    options.insert({"classifier", "linear"});
    return refusal({.name = "gat", .options = std::move(options)});
  };
  for (const auto& [option, value] : std::vector<std::pair<const char*, OptionValue>>{{"global-attention", "elu"},
                                                                                      {"global-layers", 2},
                                                                                      {"global-heads", 2},
                                                                                      {"global-dropout", 0.5},
                                                                                      {"global-norm", "none"},
                                                                                      {"global-weight", 0.5},
                                                                                      {"local-epochs", 5}})
    CHECK(holds(refused({{option, value}}), std::string(option) + ": no effect without a global branch"));
  CHECK(holds(refused({{"global", "gated"}, {"global-weight", 0.5}}), "a global branch that is averaged"));
  CHECK(holds(refused({{"global", "average"}, {"local-epochs", 5}}), "a global branch that is gated"));
  CHECK(holds(refused({{"global", "gated"}, {"classifier", "layer"}}), "want classifier linear"));
  CHECK(holds(refused({{"global", "gated"}, {"global-heads", 5}}), "want a divisor of that width"));
  CHECK(holds(refused({{"pre-dropout", 0.5}}), "pre-dropout: no effect"));
  CHECK(refused({{"global", "average"}}) == "");

  const Model model = branched("gcn", {{"global", "average"}});
  Pass pass = Pass::inference();
  const Neighbourhood streamed = everywhere().streamed(1 << 20);
  CHECK_THROWS_WITH_AS(model.forward(streamed, seen(), pass), doctest::Contains("want a whole graph: every"),
                       ValueError);
}

TEST_CASE("a global branch on small graphs") {
  for (const Index nodes : {1, 2}) {
    const Neighbourhood few(Graph(with_loops(no_edges(nodes))));
    for (const Choice<GlobalAttention>& attention : global_attention_choices) {
      CAPTURE(nodes);
      CAPTURE(attention.name);
      const Model model = branched("gcn", {{"global", "gated"}, {"global-attention", attention.name}});
      Pass pass = Pass::training(1, 0);
      CHECK(all_finite(model.forward(few, Variable(noise(nodes, all_features, 1)), pass).y.value()));
    }
  }
}
