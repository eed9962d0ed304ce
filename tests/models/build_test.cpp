#include "mercer/models/build.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <type_traits>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "models/models.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Index cora_parameters(const ModelOptions& options, Index features = 1433, Index classes = 7) {
  return parameter_count(build_model(options, features, classes, 0));
}

}  // namespace

TEST_CASE("the number of parameters is the published one") {
  CHECK(cora_parameters({.name = "gat-pyg"}) == 92373);
  CHECK(cora_parameters({.name = "gat"}) == 92373 + 2 * 8 + 2);  // a scalar bias for each half of a head's score
  CHECK(cora_parameters({.name = "gat", .score_bias = false}) == 92373);
  CHECK(cora_parameters({.name = "gcn"}) == 1433 * 16 + 16 + 16 * 7 + 7);
  CHECK(cora_parameters({.name = "mlp"}) == cora_parameters({.name = "gcn"}));
  // q, k and v of both layers, and the biases; tied: one projection instead of three
  CHECK(cora_parameters({.name = "rbf"}) == 3 * 1433 * 64 + 64 + 3 * 64 * 7 + 7);
  CHECK(cora_parameters({.name = "rbf", .tied = true}) == 1433 * 64 + 64 + 64 * 7 + 7);
  CHECK(cora_parameters({.name = "constant"}) == 1433 * 64 + 64 + 64 * 7 + 7);
  CHECK(cora_parameters({.name = "gatv2"}) == 2 * (1433 * 64 + 64) + 64 + 64 + 2 * (64 * 7 + 7) + 7 + 7);
}

TEST_CASE("options change what they name") {
  CHECK(cora_parameters({.name = "gcn", .hidden = 32}) > cora_parameters({.name = "gcn"}));
  CHECK(cora_parameters({.name = "gcn", .layers = 3}) == cora_parameters({.name = "gcn"}) + 16 * 16 + 16);
  CHECK(cora_parameters({.name = "gcn", .layers = 1}) == 1433 * 7 + 7);
  CHECK(cora_parameters({.name = "gat-pyg", .heads = 4}) < 92373);
  CHECK(cora_parameters({.name = "gat-pyg", .output_heads = 8}) == 92373 + 7 * (64 * 7 + 14));
  CHECK(cora_parameters({.name = "gat-pyg", .bias = false}) == 92373 - 64 - 7);
  CHECK(cora_parameters({.name = "gat-pyg", .residual = "linear"}) == 92373 + 1433 * 64 + 64);
  CHECK(cora_parameters({.name = "gat-pyg", .norm = "layer"}) == 92373 + 2 * 64);  // norm of the hidden layer
  CHECK(cora_parameters({.name = "gatv2", .share_weights = true}) == 1433 * 64 + 64 + 128 + 64 * 7 + 7 + 14);
  CHECK(cora_parameters({.name = "dot", .projection_bias = true}) == cora_parameters({.name = "dot"}) + 3 * 64 + 3 * 7);
}

TEST_CASE("the same seed draws the same model, another seed another") {
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const Model a = build_model({.name = name}, 9, 3, 5), b = build_model({.name = name}, 9, 3, 5),
                c = build_model({.name = name}, 9, 3, 6);
    std::set<std::string> names;
    Real moved = 0;
    for (std::size_t n = 0; n < a.parameters.size(); ++n) {
      names.insert(a.parameters[n].name);
      CHECK(max_abs_difference(a.parameters[n].variable.value(), b.parameters[n].variable.value()) == 0);
      const Tensor &mine = a.parameters[n].variable.value(), &others = c.parameters[n].variable.value();
      if (mine.columns() == others.columns()) moved = std::max(moved, max_abs_difference(mine, others));
    }
    CHECK(names.size() == a.parameters.size());  // each has its own name
    CHECK(moved > 0);
  }
}

TEST_CASE("weight decay: all of GAT, the first layer of GCN") {
  for (const Parameter& p : build_model({.name = "gat"}, 9, 3, 0).parameters)
    CHECK(p.decays);
  for (const Parameter& p : build_model({.name = "gcn", .layers = 12}, 9, 3, 0).parameters)
    CHECK(p.decays == (p.name == "layer1.weight" || p.name == "layer1.bias"));
  for (const Parameter& p : build_model({.name = "mlp", .decay_first_layer_only = false}, 9, 3, 0).parameters)
    CHECK(p.decays);
}

TEST_CASE("an unknown name suggests the nearest and lists all") {
  const std::string message = refusal({.name = "gatv3"});
  CHECK(holds(message, "unknown model \"gatv3\": did you mean gatv2?"));
  for (const std::string& name : model_names())
    CHECK(holds(message, name));
  CHECK_THROWS_AS(options_of_model("nothing"), ValueError);
  CHECK_THROWS_AS(describe_model("nothing"), ValueError);
}

TEST_CASE("an option that a model doesn't have lists those it has") {
  const std::string message = refusal({.name = "gcn", .heads = 8});
  CHECK(holds(message, "gcn has no option \"heads\""));
  CHECK(holds(message, "hidden"));
  CHECK_FALSE(holds(message, "negative-slope"));
  CHECK(holds(refusal({.name = "gat", .sigma = Real(1)}), "gat has no option \"sigma\""));
  CHECK(holds(refusal({.name = "dot", .sigma = Real(1)}), "dot has no option \"sigma\""));
  CHECK(holds(refusal({.name = "rbf", .scale = Real(1)}), "rbf has no option \"scale\""));
  CHECK(holds(refusal({.name = "gatv2", .score_bias = true}), "gatv2 has no option \"score-bias\""));
  CHECK(holds(refusal({.name = "mlp", .normaliser = "softmax"}), "mlp has no option \"normaliser\""));
}

TEST_CASE("every option is listed once, and every model's options are among them") {
  std::set<std::string> all;
  for_each_option(ModelOptions(), [&](const char* name, const auto& field, const char* meaning) {
    CHECK(all.insert(name).second);
    CHECK_FALSE(field.has_value());
    CHECK(std::string(meaning).size() > 10);
  });
  std::set<std::string> used;
  for (const std::string& model : model_names()) {
    CHECK_FALSE(describe_model(model).empty());
    for (const std::string& option : options_of_model(model)) {
      CHECK(all.count(option) == 1);
      used.insert(option);
    }
  }
  CHECK(used == all);
}

TEST_CASE("an option that a model lists is one that it takes") {
  for (const std::string& model : model_names())
    for (const std::string& option : options_of_model(model)) {
      if (model.starts_with("fastfood") && option == "tied") continue;  // 3 classes are no power of two
      if (model == "ika-concat" && option == "p") continue;             // must be 2
      ModelOptions options{.name = model};
      for_each_option(options, [&](const std::string& name, auto& field, const char*) {
        using Value = std::remove_cvref_t<decltype(*field)>;
        if (name == "p") options.p = Real(2);  // required by divisor and magnitude-dropout
        if (name == "draws" && option == "draws") options.noise = "averaged";
        if (name != option) return;
        if constexpr (std::is_same_v<Value, std::string>) {
          field = option == "frequency-start" ? "rbf"
                  : option == "noise"         ? "averaged"
                  : option == "function"      ? "logi"
                  : option == "energy"        ? "dot"
                  : option == "energy-as"     ? "logit"
                  : option == "storage"       ? "bf16"
                  : option == "normaliser"    ? (model == "primal" ? "none" : "row-sum")
                                              : "none";
        } else {
          field = static_cast<Value>(option == "frequencies" ? 8 : option == "key-width" || option == "hidden" ? 4 : 1);
          if (option == "frequencies" && model.starts_with("fastfood")) options.key_width = 4;
        }
      });
      const auto own = options_of_model(model);
      if (std::ranges::find(own, "p") == own.end()) options.p.reset();
      CAPTURE(model);
      CAPTURE(option);
      CHECK(refusal(options) == "");
    }
}

TEST_CASE("invalid values are refused with the valid ones") {
  constexpr Real nan = std::numeric_limits<Real>::quiet_NaN(), infinity = std::numeric_limits<Real>::infinity();
  CHECK(refusal({.name = "gat", .heads = 0}) == "[build_model] heads: got 0, want 1 to 1048576");
  CHECK(holds(refusal({.name = "gat", .layers = -1}), "layers: got -1"));
  CHECK(holds(refusal({.name = "gat", .hidden = Index{1} << 40}), "hidden: got 1099511627776"));
  CHECK(holds(refusal({.name = "gat", .dropout = 1.5f}), "dropout: got 1.5"));
  CHECK(holds(refusal({.name = "gat", .attention_dropout = -0.1f}), "attention-dropout: got -0.1"));
  CHECK(holds(refusal({.name = "gat", .negative_slope = nan}), "negative-slope: got "));
  CHECK(holds(refusal({.name = "rbf", .p = Real(0.9)}), "p: got 0.9"));
  CHECK(holds(refusal({.name = "rbf", .p = infinity}), "p: got inf"));
  CHECK(holds(refusal({.name = "rbf", .sigma = Real(0)}), "sigma: got 0"));
  CHECK(holds(refusal({.name = "rbf", .divisor = Real(-1)}), "divisor: got -1"));
  CHECK(holds(refusal({.name = "gaussian", .divisor = Real(1)}), "want p too"));
  CHECK(holds(refusal({.name = "inner-product", .normaliser = "softmax"}), "can be negative"));
  CHECK(holds(refusal({.name = "rbf", .normaliser = "softmx"}), "did you mean softmax?"));
  CHECK(holds(refusal({.name = "rbf", .residual = "skip"}), "residual: got \"skip\""));
  CHECK(holds(refusal({.name = "rbf", .storage = "half"}), "storage: got \"half\""));
  CHECK(holds(refusal({.name = "gat"}, -1), "features: got -1"));
  CHECK(holds(refusal({.name = "gat"}, 4, 0), "classes: got 0"));
}

TEST_CASE("options that a feature map or its distribution can't take are refused before training, with the reason") {
  CHECK(holds(refusal({.name = "mikan", .frequencies = 7}), "want an even number"));
  CHECK(holds(refusal({.name = "ikan", .lambda_kl = Real(-1)}), "lambda-kl: got -1"));
  CHECK(holds(refusal({.name = "ikan", .noise = "redraw"}), "did you mean redrawn?"));
  CHECK(holds(refusal({.name = "ikan", .draws = 3}), "want noise averaged too"));
  CHECK(holds(refusal({.name = "ikan", .lambda_copula = Real(1)}), "has no option \"lambda-copula\""));
  CHECK(holds(refusal({.name = "fastfood-rks", .key_width = 6}), "got 6, want a power of two"));
  CHECK(holds(refusal({.name = "fastfood-rks", .frequencies = 12}), "want a multiple of the width 8"));
  CHECK(holds(refusal({.name = "favor", .normaliser = "degree"}), "a factor of each query is left out"));
  CHECK(holds(refusal({.name = "ika-concat", .p = Real(3)}), "got 3.000000, want 2"));
  CHECK(holds(refusal({.name = "gaussian-rks", .normaliser = "softmax"}), "can be negative"));
  CHECK(holds(refusal({.name = "maclaurin", .function = "cos"}), "function: got \"cos\""));
  CHECK(holds(refusal({.name = "ikan-direct", .key_width = 4, .tied = true}), "where projections are tied"));
}

TEST_CASE("frequencies, samplers and targets of features: which parameters decay, which are fixed") {
  for (const Parameter& p : build_model({.name = "mikan"}, 9, 3, 0).parameters)
    CHECK(p.decays == (p.name.find("similarity.") == std::string::npos));
  // noise is not learned, so it doesn't count
  const Index projections = 3 * (9 * 64 + 64 * 3) + 64 + 3;
  CHECK(cora_parameters({.name = "gaussian-rks"}, 9, 3) == projections);
  CHECK(cora_parameters({.name = "ikan-direct"}, 9, 3) == projections + 2 * (64 + 3) * 64);
  const auto sampler = [](Index d) { return 5 * d * d + 4 * d + 2 * (3 * d * d + 3 * d); };
  CHECK(cora_parameters({.name = "mikan"}, 9, 3) == projections + sampler(8) + sampler(3));
}

TEST_CASE("the release's divisor is 2 width^(1/4)") {
  const Model ours = build_model({.name = "ikan-direct"}, 9, 3, 0),
              theirs = build_model({.name = "ikan-direct", .release = true}, 9, 3, 0),
              spelt = build_model({.name = "ikan-direct", .layers = 1, .divisor = 2 * std::pow(Real(3), Real(0.25))}, 9,
                                  3, 0),
              named = build_model({.name = "ikan-direct", .layers = 1, .release = true}, 9, 3, 0);
  const std::vector<NodePair> edges{{0, 1}, {0, 2}, {1, 2}};
  const Neighbourhood graph{Graph(from_edges(3, edges))};
  Random random(1);
  Tensor x(3, 9);
  for (Real& value : x.values())
    value = static_cast<Real>(random.uniform(-2, 2));
  const auto alpha = [&](const Model& model) {
    return attention_weights(inference_operands(model, graph, Variable(x)).front());
  };
  CHECK(max_abs_difference(alpha(ours), alpha(theirs)) > 1e-4);
  CHECK(max_abs_difference(alpha(spelt), alpha(named)) < 1e-6);
}

TEST_CASE("completed options hold the defaults, and build the same model") {
  const ModelOptions gat = completed({.name = "gat", .heads = 4}, 20, 3);
  CHECK(gat.heads == 4);
  CHECK(gat.hidden == 8);
  CHECK(gat.attention_dropout == 0.6f);
  CHECK(gat.score_bias == true);
  CHECK(gat.residual == "none");
  CHECK(completed({.name = "gat-pyg", .dropout = 0.3f}, 20, 3).input_dropout == 0.3f);
  CHECK(completed({.name = "gat-pyg", .dropout = 0.3f}, 20, 3).value_dropout == 0.0f);
  CHECK(completed({.name = "rbf"}, 20, 3).p == Real(2));
  CHECK(completed({.name = "gcn"}, 20, 3).hidden == 16);
  for (const std::string& name : model_names()) {
    CAPTURE(name);
    const ModelOptions once = completed({.name = name}, 9, 3);
    CHECK(completed(once, 9, 3) == once);
    const Model a = build_model({.name = name}, 9, 3, 5), b = build_model(once, 9, 3, 5);
    REQUIRE(a.parameters.size() == b.parameters.size());
    for (std::size_t n = 0; n < a.parameters.size(); ++n)
      CHECK(max_abs_difference(a.parameters[n].variable.value(), b.parameters[n].variable.value()) == 0);
  }
}
