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
#include "mercer/models/recipe.hpp"
#include "models/models.hpp"
#include "support/graphs.hpp"

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
  CHECK(cora_parameters({.name = "gat", .options = {{"score-bias", false}}}) == 92373);
  CHECK(cora_parameters({.name = "gcn"}) == 1433 * 16 + 16 + 16 * 7 + 7);
  CHECK(cora_parameters({.name = "mlp"}) == cora_parameters({.name = "gcn"}));
  CHECK(cora_parameters({.name = "sage"}) == 2 * 1433 * 16 + 16 + 2 * 16 * 7 + 7);
  // q, k and v of both layers, and the biases; tied: one projection instead of three
  CHECK(cora_parameters({.name = "rbf"}) == 3 * 1433 * 64 + 64 + 3 * 64 * 7 + 7);
  CHECK(cora_parameters({.name = "rbf", .options = {{"tied", true}}}) == 1433 * 64 + 64 + 64 * 7 + 7);
  CHECK(cora_parameters({.name = "constant"}) == 1433 * 64 + 64 + 64 * 7 + 7);
  CHECK(cora_parameters({.name = "gatv2"}) == 2 * (1433 * 64 + 64) + 64 + 64 + 2 * (64 * 7 + 7) + 7 + 7);
}

TEST_CASE("options change what they name") {
  CHECK(cora_parameters({.name = "gcn", .options = {{"hidden", 32}}}) > cora_parameters({.name = "gcn"}));
  CHECK(cora_parameters({.name = "gcn", .options = {{"layers", 3}}}) ==
        cora_parameters({.name = "gcn"}) + 16 * 16 + 16);
  CHECK(cora_parameters({.name = "gcn", .options = {{"layers", 1}}}) == 1433 * 7 + 7);
  CHECK(cora_parameters({.name = "gat-pyg", .options = {{"heads", 4}}}) < 92373);
  CHECK(cora_parameters({.name = "gat-pyg", .options = {{"output-heads", 8}}}) == 92373 + 7 * (64 * 7 + 14));
  CHECK(cora_parameters({.name = "gat-pyg", .options = {{"bias", false}}}) == 92373 - 64 - 7);
  CHECK(cora_parameters({.name = "gat-pyg", .options = {{"residual", "linear"}}}) == 92373 + 1433 * 64 + 64);
  CHECK(cora_parameters({.name = "gat-pyg", .options = {{"norm", "layer"}}}) ==
        92373 + 2 * 64);  // norm of the hidden layer
  CHECK(cora_parameters({.name = "gatv2", .options = {{"share-weights", true}}}) ==
        1433 * 64 + 64 + 128 + 64 * 7 + 7 + 14);
  CHECK(cora_parameters({.name = "dot", .options = {{"projection-bias", true}}}) ==
        cora_parameters({.name = "dot"}) + 3 * 64 + 3 * 7);
}

TEST_CASE("the activation of hidden layers is a choice; a model of one layer has none") {
  const Tensor x = noise(12, 5, 2);
  const Graph graph(with_loops(scattered(12)));
  const auto logits = [&](const char* activation, Index layers) {
    const Model model =
        build_model({.name = "gat", .options = {{"activation", activation}, {"layers", layers}}}, 5, 3, 1);
    Pass pass = Pass::inference();
    return model.forward(graph, Variable(x), pass).y.value();
  };
  for (const Index layers : {1, 2}) {
    const bool differ = layers > 1;
    CHECK((max_abs_difference(logits("elu", layers), logits("relu", layers)) > 0) == differ);
    CHECK((max_abs_difference(logits("relu", layers), logits("gelu", layers)) > 0) == differ);
  }
  CHECK(holds(refusal({.name = "gat", .options = {{"activation", "rely"}}}), "did you mean relu?"));
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
    CHECK(names.size() == a.parameters.size());      // each has its own name
    if (name != "kernel-machine") CHECK(moved > 0);  // whose coefficients start at 0
  }
}

TEST_CASE("weight decay: all of GAT, the first layer of GCN") {
  for (const Parameter& p : build_model({.name = "gat"}, 9, 3, 0).parameters)
    CHECK(p.decays);
  for (const Parameter& p : build_model({.name = "gcn", .options = {{"layers", 12}}}, 9, 3, 0).parameters)
    CHECK(p.decays == (p.name == "layer1.weight" || p.name == "layer1.bias"));
  for (const Parameter& p :
       build_model({.name = "mlp", .options = {{"decay-first-layer-only", false}}}, 9, 3, 0).parameters)
    CHECK(p.decays);
  const OptionValues normed{{"norm", "layer"}, {"classifier", "linear"}, {"global", "gated"}};
  const auto spared_norms = [&](bool decay) {
    OptionValues options = normed;
    options.insert({"decay-norms", decay});
    Index spared = 0;
    for (const Parameter& p : build_model({.name = "gat", .options = options}, 9, 3, 0).parameters)
      spared += p.decays ? 0 : 1;
    return spared;
  };
  CHECK(spared_norms(false) == 8);  // γ and β of two hidden layers, and of two of the branch
  CHECK(spared_norms(true) == 0);
  CHECK(
      holds(refusal({.name = "gat", .options = {{"decay-norms", true}}}), "decay-norms: no effect on a stack without"));
  CHECK(holds(refusal({.name = "gcn", .options = {{"norm", "batch"}, {"decay-norms", true}}}),
              "decay-norms: got it with decay-first-layer-only"));
}

TEST_CASE("an unknown name suggests the nearest and says where all are listed") {
  const std::string message = refusal({.name = "gatv3"});
  CHECK(holds(message, "unknown model \"gatv3\": did you mean gatv2? mercer models lists all"));
  for (const auto& [name, meant] : {std::pair{"graphsage", "sage"},
                                    {"SAGEConv", "sage"},
                                    {"gatconv", "gat-pyg"},
                                    {"GATv2Conv", "gatv2"},
                                    {"GCNConv", "gcn"},
                                    {"transformer-conv", "dot"},
                                    {"TransformerConv", "dot"}})
    CHECK(holds(refusal({.name = name}), std::string("did you mean ") + meant + "? mercer models lists all"));
  CHECK(holds(refusal({.name = "gin"}), "unknown model \"gin\": it is not offered; mercer models lists all"));
  CHECK_THROWS_AS(options_of_model("nothing"), ValueError);
  CHECK_THROWS_AS(describe_model("nothing"), ValueError);
}

TEST_CASE("an option that a model doesn't have says where those are listed that it has") {
  const std::string message = refusal({.name = "gcn", .options = {{"heads", 8}}});
  CHECK(holds(message, "gcn has no option \"heads\""));
  CHECK(holds(message, "mercer models gcn lists its options"));
  CHECK(holds(refusal({.name = "gat", .options = {{"sigma", 1}}}), "gat has no option \"sigma\""));
  CHECK(holds(refusal({.name = "dot", .options = {{"sigma", 1}}}), "dot has no option \"sigma\""));
  CHECK(holds(refusal({.name = "rbf", .options = {{"scale", 1}}}), "rbf has no option \"scale\""));
  CHECK(holds(refusal({.name = "gatv2", .options = {{"score-bias", true}}}), "gatv2 has no option \"score-bias\""));
  CHECK(holds(refusal({.name = "mlp", .options = {{"normaliser", "softmax"}}}), "mlp has no option \"normaliser\""));
}

TEST_CASE("the output layer has a residual where it is asked for, of a residual and a layer of its own") {
  const auto residuals = [](const OptionValues& options) {
    Index count = 0;
    for (const Parameter& p : build_model({.name = "dot", .options = options}, 9, 3, 0).parameters)
      count += p.name.ends_with("residual.weight") ? 1 : 0;
    return count;
  };
  CHECK(residuals({{"residual", "linear"}}) == 1);
  CHECK(residuals({{"residual", "linear"}, {"output-residual", true}}) == 2);
  CHECK(residuals({{"residual", "linear"}, {"output-residual", true}, {"layers", 1}}) == 1);
  CHECK(holds(refusal({.name = "dot", .options = {{"output-residual", true}}}), "no effect without a residual"));
  CHECK(holds(refusal({.name = "dot",
                       .options = {{"output-residual", true}, {"residual", "linear"}, {"classifier", "linear"}}}),
              "on a linear classifier"));
}

TEST_CASE("options of all models are those of the models, each once, of one kind, with a meaning") {
  const DeclaredOptions all = options_of_all_models();
  std::set<std::string> names, used;
  for (const OptionDeclaration& option : all.list) {
    CHECK(names.insert(option.name).second);
    CHECK(option.meaning().size() > 10);
    std::set<std::string> meanings;
    for (std::size_t first = 0; first < option.help.size();) {
      const std::size_t end = std::min(option.help.find("; ", first), option.help.size());
      CHECK_MESSAGE(meanings.insert(option.help.substr(first, end - first)).second, option.name);
      first = end + 2;
    }
  }
  std::vector<std::string> models = model_names();
  for (const std::string& name : own_sequence_model_names())
    models.push_back(name);
  for (const std::string& model : models) {
    CAPTURE(model);
    CHECK_FALSE(describe_model(model).empty());
    const DeclaredOptions own = options_of_model(model);
    for (const OptionDeclaration& option : own.list) {
      CAPTURE(option.name);
      REQUIRE(all.find(option.name) != nullptr);
      CHECK(all.find(option.name)->kind == option.kind);
      used.insert(option.name);
      const auto preset = own.defaults.find(option.name);
      if (preset != own.defaults.end()) CHECK(option.checked(preset->second) == preset->second);
    }
    for (const auto& [name, preset] : own.defaults)
      CHECK(own.find(name) != nullptr);
  }
  CHECK(used == names);
}

namespace {

/// Is the mask on the magnitude refused because the similarity has a factor of each key?
bool has_key_factor(const std::string& model) {
  return holds(refusal({.name = model, .options = {{"p", 2}, {"magnitude-dropout", 0.5}}}),
               "a factor of each key of its own");
}

}  // namespace

TEST_CASE("models with a factor of each key have no mask on the magnitude, all others with a magnitude do") {
  for (const char* model : {"favor", "gaussian-prf", "fastfood-prf"})
    CHECK(has_key_factor(model));
  for (const char* model : {"rbf", "ikan-direct", "dot", "laplacian"})
    CHECK_FALSE(has_key_factor(model));
}

TEST_CASE("--magnitude-dropout acts in training, under each denominator, and not in inference") {
  const Graph g(with_loops(scattered(12)));
  const Tensor x = noise(12, 4, 3);
  for (const char* normaliser : {"softmax", "row-sum", "degree", "symmetric", "none"}) {
    CAPTURE(normaliser);
    const auto logits = [&](double masked, Pass pass) {
      return build_model({.name = "rbf",
                          .options = {{"dropout", 0}, {"normaliser", normaliser}, {"magnitude-dropout", masked}}},
                         4, 3, 1)
          .forward(g, Variable(x), pass)
          .y.value();
    };
    const Pass training = Pass::training(2, 3), inference = Pass::inference();
    CHECK(max_abs_difference(logits(0.5, training), logits(0, training)) > 1e-4);
    CHECK(max_abs_difference(logits(0.5, inference), logits(0, inference)) == 0);
  }
}

TEST_CASE("an option that a model declares is one that it takes, as a value or as text") {
  for (const std::string& model : model_names())
    for (const OptionDeclaration& option : options_of_model(model).list) {
      if (model.starts_with("fastfood") && option.name == "tied") continue;  // 3 classes are no power of two
      if (model == "ika-concat" && option.name == "key-width") continue;     // its projections are tied
      if ((option.name == "magnitude-dropout" || option.name == "release") && has_key_factor(model)) continue;
      CAPTURE(model);
      CAPTURE(option.name);
      ModelOptions options{.name = model};
      const auto give = [&](const char* name, OptionValue value) { options.options.insert_or_assign(name, value); };
      if (options_of_model(model).find("p") != nullptr) give("p", 2);  // required by divisor and magnitude-dropout
      if (option.name == "draws") give("noise", "averaged");
      if (option.name == "guard") give("normaliser", "row-sum");
      if (option.name == "jumping") give("layers", 3);  // it joins two hidden layers or more
      if (option.name == "output-residual") give("residual", "linear");
      if (option.name == "decay-norms") {
        give("norm", "layer");
        if (options_of_model(model).find("decay-first-layer-only") != nullptr) give("decay-first-layer-only", false);
      }
      if (option.name == "pre-dropout") give("pre-linear", "linear");
      if (option.name.starts_with("global") || option.name == "local-epochs") {
        give("classifier", "linear");
        give("global", option.name == "global-weight" ? "average" : "gated");
      }
      if (option.name == "frequencies") give("frequencies", 8);
      if (option.name == "frequencies" && model.starts_with("fastfood")) give("key-width", 4);
      if (option.kind == OptionDeclaration::Kind::truth) give(option.name.c_str(), true);
      if (option.kind == OptionDeclaration::Kind::number && option.name != "p") give(option.name.c_str(), 1);
      if (option.name == "hidden" || option.name == "key-width") give(option.name.c_str(), 4);
      if (option.kind == OptionDeclaration::Kind::whole && options.find(option.name) == nullptr)
        give(option.name.c_str(), 1);
      for (const std::string& choice : option.choices) {
        if (option.name == "energy-as" || option.name == "energy") break;  // some of them only together
        if (option.name == "normaliser" && !refusal({.name = model, .options = {{"normaliser", choice}}}).empty())
          continue;  // a kernel of either sign has no softmax, positive features no other
        give(option.name.c_str(), choice);
        CHECK(refusal(options) == "");
      }
      CHECK(refusal(options) == "");
      ModelOptions as_text{.name = model};
      for (const auto& [name, value] : options.options)
        as_text.options.insert_or_assign(name, value.text());
      CHECK(refusal(as_text) == "");
      CHECK(completed(as_text, 4, 3) == completed(options, 4, 3));
    }
}

TEST_CASE("a value of another kind is refused with the kind that was wanted") {
  CHECK(refusal({.name = "gat", .options = {{"heads", "many"}}}) ==
        "[build_model] heads: got \"many\", want a whole number");
  CHECK(refusal({.name = "gat", .options = {{"heads", 1.5}}}) == "[build_model] heads: got 1.5, want a whole number");
  CHECK(refusal({.name = "rbf", .options = {{"p", true}}}) == "[build_model] p: got true, want a number");
  CHECK(refusal({.name = "rbf", .options = {{"tied", "perhaps"}}}) ==
        "[build_model] tied: got \"perhaps\", want true or false");
  CHECK(refusal({.name = "rbf", .options = {{"residual", 1}}}) == "[build_model] residual: got 1, want a name");
}

TEST_CASE("invalid values are refused with the valid ones") {
  constexpr Real nan = std::numeric_limits<Real>::quiet_NaN(), infinity = std::numeric_limits<Real>::infinity();
  CHECK(refusal({.name = "gat", .options = {{"heads", 0}}}) == "[build_model] heads: got 0, want 1 to 1048576");
  CHECK(holds(refusal({.name = "gat", .options = {{"layers", -1}}}), "layers: got -1"));
  CHECK(holds(refusal({.name = "gat", .options = {{"hidden", Index{1} << 40}}}), "hidden: got 1099511627776"));
  CHECK(holds(refusal({.name = "gat", .options = {{"dropout", 1.5f}}}), "dropout: got 1.5"));
  CHECK(holds(refusal({.name = "gat", .options = {{"attention-dropout", -0.1f}}}), "attention-dropout: got -0.1"));
  CHECK(holds(refusal({.name = "gat", .options = {{"negative-slope", nan}}}), "negative-slope: got "));
  CHECK(holds(refusal({.name = "rbf", .options = {{"p", 0.9}}}), "p: got 0.9"));
  CHECK(holds(refusal({.name = "rbf", .options = {{"p", infinity}}}), "p: got inf"));
  CHECK(holds(refusal({.name = "rbf", .options = {{"sigma", 0}}}), "sigma: got 0"));
  CHECK(holds(refusal({.name = "rbf", .options = {{"divisor", -1}}}), "divisor: got -1"));
  CHECK(holds(refusal({.name = "gaussian", .options = {{"divisor", 1}}}), "want p too"));
  CHECK(holds(refusal({.name = "inner-product", .options = {{"normaliser", "softmax"}}}), "can be negative"));
  CHECK(holds(refusal({.name = "rbf", .options = {{"normaliser", "softmx"}}}), "did you mean softmax?"));
  CHECK(holds(refusal({.name = "rbf", .options = {{"residual", "skip"}}}), "residual: got \"skip\""));
  CHECK(holds(refusal({.name = "rbf", .options = {{"storage", "half"}}}), "storage: got \"half\""));
  CHECK(holds(refusal({.name = "gat"}, -1), "features: got -1"));
  CHECK(holds(refusal({.name = "gat"}, 4, 0), "classes: got 0"));
}

TEST_CASE("options that a feature map or its distribution can't take are refused before training, with the reason") {
  CHECK(holds(refusal({.name = "mikan", .options = {{"frequencies", 7}}}), "want an even number"));
  CHECK(holds(refusal({.name = "ikan", .options = {{"lambda-kl", -1}}}), "lambda-kl: got -1"));
  CHECK(holds(refusal({.name = "ikan", .options = {{"noise", "redraw"}}}), "did you mean redrawn?"));
  CHECK(holds(refusal({.name = "ikan", .options = {{"draws", 3}}}), "want noise averaged too"));
  CHECK(holds(refusal({.name = "ikan", .options = {{"lambda-copula", 1}}}), "has no option \"lambda-copula\""));
  CHECK(holds(refusal({.name = "fastfood-rks", .options = {{"key-width", 6}}}), "got 6, want a power of two"));
  CHECK(holds(refusal({.name = "fastfood-rks", .options = {{"frequencies", 12}}}), "want a multiple of the width 8"));
  CHECK(holds(refusal({.name = "favor", .options = {{"normaliser", "degree"}}}), "a factor of each query is left out"));
  CHECK(holds(refusal({.name = "ika-concat", .options = {{"p", 3}}}), "got 3.000000, want 2"));
  CHECK(holds(refusal({.name = "gaussian-rks", .options = {{"normaliser", "softmax"}}}), "can be negative"));
  CHECK(holds(refusal({.name = "maclaurin", .options = {{"function", "cos"}}}), "function: got \"cos\""));
  CHECK(holds(refusal({.name = "ikan-direct", .options = {{"key-width", 4}, {"tied", true}}}),
              "where projections are tied"));
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

TEST_CASE("the guard is an option of kernels that can be negative") {
  CHECK(completed({.name = "gaussian-rks", .options = {{"guard", 0.01}}}, 9, 3).number("guard") == 0.01);
  CHECK(holds(refusal({.name = "inner-product", .options = {{"guard", 0.1}}}), "guard: no effect"));
  CHECK(refusal({.name = "inner-product", .options = {{"guard", 0.1}, {"normaliser", "row-sum"}}}) == "");
  CHECK(options_of_model("rbf").find("guard") == nullptr);
  CHECK(holds(refusal({.name = "gaussian-rks", .options = {{"guard", -1}}}), "guard: got -1"));
}

TEST_CASE("completed options hold the defaults, and build the same model") {
  const ModelOptions gat = completed({.name = "gat", .options = {{"heads", 4}}}, 20, 3);
  CHECK(gat.number("heads") == 4.0);
  CHECK(gat.number("hidden") == 8.0);
  CHECK(gat.number("attention-dropout") == 0.6);
  CHECK(*gat.find("score-bias") == OptionValue(true));
  CHECK(*gat.find("residual") == OptionValue("none"));
  CHECK(gat.find("sigma") == nullptr);
  const ModelOptions dropped = completed({.name = "gat-pyg", .options = {{"dropout", 0.3f}}}, 20, 3);
  CHECK(dropped.number("input-dropout") == 0.3);
  CHECK(dropped.number("value-dropout") == 0.0);
  CHECK(completed({.name = "gat", .options = {{"dropout", 0.3}, {"value-dropout", 0.1}}}, 20, 3)
            .number("value-dropout") == 0.1);
  CHECK(completed({.name = "rbf"}, 20, 3).number("p") == 2.0);
  CHECK(completed({.name = "gcn"}, 20, 3).number("hidden") == 16.0);
  CHECK(*completed({.name = "gmm-rks"}, 20, 3).find("normaliser") == OptionValue("row-sum"));
  CHECK(*completed({.name = "inner-product"}, 20, 3).find("normaliser") == OptionValue("degree"));
  CHECK(completed({.name = "ikan", .options = {{"noise", "averaged"}}}, 20, 3).number("draws") == 8.0);
  CHECK(completed({.name = "fastfood-rks"}, 20, 3).number("key-width") == 8.0);
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
