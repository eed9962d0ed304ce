#include "mercer/models/recipe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "mercer/base/check.hpp"

using namespace mercer;

TEST_CASE("GAT's recipe is the authors'") {
  const Recipe cora = recipe("gat-cora"), citeseer = recipe("gat-citeseer"), pubmed = recipe("gat-pubmed");
  CHECK(cora.name == "gat-cora");
  CHECK(cora.model == ModelOptions{.name = "gat"});
  CHECK(cora.learning_rate == 0.005);
  CHECK(cora.weight_decay == 5e-4);
  CHECK(cora.patience == 100);
  CHECK(cora.stop_rule == "gat");
  CHECK(citeseer.stop_rule == "score");
  CHECK(citeseer.learning_rate == 0.005);
  CHECK(pubmed.learning_rate == 0.01);
  CHECK(pubmed.weight_decay == 1e-3);
  CHECK(pubmed.model.number("output-heads") == 8.0);
}

TEST_CASE("GCN's recipe is its authors'") {
  const Recipe cora = recipe("gcn-cora");
  CHECK(cora.learning_rate == 0.01);
  CHECK(cora.epochs == 200);
  CHECK(cora.patience == 10);
  CHECK(cora.stop_rule == "loss");
}

TEST_CASE("every recipe can be built and has its own name") {
  std::set<std::string> names;
  for (const std::string& name : recipe_names()) {
    CAPTURE(name);
    CHECK(names.insert(name).second);
    const Recipe made = recipe(name);
    CHECK(made.name == name);
    CHECK_FALSE(made.source.empty());
    CHECK(made.epochs >= made.patience);
    CHECK_FALSE(build_model(made.model, 10, 3, 0).parameters.empty());
  }
  // a kernel machine is no deep stack
  CHECK(names.size() == 7 * model_names().size() - 4 + sequence_model_names().size() + 4);
}

TEST_CASE("recipes with a global branch are named after their papers, and keep their model's name") {
  const Recipe poly = recipe("polynormer-minesweeper"), wide = recipe("sgformer-pubmed");
  CHECK(poly.model.name == "gat");
  CHECK(poly.model.number("local-epochs") == 100.0);
  CHECK(poly.model.number("global-layers") == 3.0);
  CHECK(poly.model.number("layers") == 10.0);
  CHECK(poly.metric == "roc-auc");
  CHECK(poly.epochs == 2100);
  CHECK(wide.model.name == "gcn");
  CHECK(wide.model.find("global")->text() == "average");
  for (const char* option : {"norm", "global-norm", "residual"})  // as the authors' run.sh has it
    CHECK(wide.model.find(option)->text() == "none");
  CHECK(wide.learning_rate == 0.005);
  CHECK(wide.source.find("--split-random per-class:20,500,1000") != std::string::npos);
}

TEST_CASE("recipes of sequences: AdamW (0.9, 0.98), inverse square root, batches") {
  for (const Recipe& made : {recipe("transformer-uea"), recipe_for("transformer", "JapaneseVowels")}) {
    CHECK(made.model.name == "transformer");
    CHECK(made.training.at("optimizer") == OptionValue("adamw"));
    CHECK(made.training.at("beta2") == OptionValue(0.98));
    CHECK(made.training.at("schedule") == OptionValue("inverse-sqrt"));
    CHECK(made.training.contains("batch"));
  }
  CHECK(recipe("transformer-ikan-direct-uea").model.name == "transformer-ikan-direct");
  CHECK(recipe_for("transformer-rbf", "cora").name == "transformer-rbf");
  CHECK(recipe("gat-cora").training.empty());
}

TEST_CASE("tuned recipes are a paper's: the stack of every model, its training, and its metric") {
  const Recipe sweep = recipe("tuned-gat-minesweeper");
  CHECK(sweep.name == "tuned-gat-minesweeper");
  CHECK(sweep.model.name == "gat");
  CHECK(sweep.model.number("layers") == 15.0);
  CHECK(sweep.model.number("hidden") == 64.0);
  CHECK(sweep.metric == "roc-auc");
  CHECK(sweep.epochs == 2000);
  CHECK(sweep.patience == 2000);
  CHECK(sweep.weight_decay == 0);
  // GATConv of PyG: W and two vectors; residual W and b; norm; then a linear classifier
  const auto layer = [](Index in) { return in * 64 + 2 * 64 + in * 64 + 64 + 2 * 64; };
  CHECK(parameter_count(build_model(sweep.model, 7, 2, 0)) == layer(7) + 14 * layer(64) + 64 * 2 + 2);
  const Recipe rbf = recipe("tuned-rbf-minesweeper");
  CHECK(rbf.model.name == "rbf");
  CHECK(rbf.model.number("layers") == 15.0);
  CHECK(rbf.source.starts_with("the stack of GAT in Luo"));
  CHECK(recipe("tuned-gat-chameleon").model.number("hidden") == 256.0);
  for (const char* model : {"gat", "gat-pyg", "mlp"}) {
    CHECK(recipe(std::string("tuned-") + model).model.name == model);
    CHECK(recipe(std::string("tuned-") + model).model.number("layers") == 3.0);
  }
  const Recipe photo = recipe("tuned-gat-photo");  // features as the authors load them: T.NormalizeFeatures()
  CHECK(photo.normalise_features);
  CHECK(photo.model.find("norm")->text() == "layer");
  CHECK(photo.weight_decay == 5e-5);
  CHECK(recipe("tuned-gat-pyg-chameleon").model.name == "gat-pyg");
  const Recipe gcn = recipe("tuned-gcn-chameleon");
  CHECK(gcn.model.number("layers") == 5.0);
  CHECK(gcn.learning_rate == 0.005);
  CHECK(*gcn.model.find("norm") == OptionValue("none"));
  for (const Parameter& p : build_model(gcn.model, 7, 2, 0).parameters)
    CHECK(p.decays);
}

TEST_CASE("recipes of implicit kernels clip gradients at the release's norm") {
  for (const char* name : {"ikan-direct-cora", "ika-stationary-pubmed", "ikan-cora", "mikan-citeseer",
                           "tuned-ika-concat-minesweeper", "tuned-mikan-chameleon"})
    CHECK(recipe(name).training.at("clip") == OptionValue(1000.0));
  CHECK(recipe_for("mikan", "my-graph").training.at("clip") == OptionValue(1000.0));
  CHECK(recipe("transformer-ikan-direct-uea").training.at("clip") == OptionValue(1.0));
  CHECK_FALSE(recipe("rbf-cora").training.contains("clip"));
}

TEST_CASE("a model's name may contain a dash") {
  CHECK(recipe("gat-pyg-cora").model.name == "gat-pyg");
  CHECK(recipe("gat-pyg-cora").stop_rule == "loss");
}

TEST_CASE("an unknown recipe suggests the nearest and says where all are listed") {
  CHECK_THROWS_WITH_AS(recipe("gat-coar"), doctest::Contains("did you mean gat-cora?"), ValueError);
  CHECK_THROWS_WITH_AS(
      recipe("gat"),
      doctest::Contains("did you mean gat-cora, gat-citeseer or gat-pubmed? mercer models --recipes lists all"),
      ValueError);
  CHECK_THROWS_AS(recipe(""), ValueError);
}

TEST_CASE("a data set without a recipe takes the model's general one") {
  CHECK(recipe_for("gat", "pubmed").name == "gat-pubmed");
  CHECK(recipe_for("gat", "PubMed").name == "gat-pubmed");  // case doesn't count
  CHECK(tuned_recipe_for("gat", "Minesweeper").name == "tuned-gat-minesweeper");
  CHECK(tuned_recipe_for("gat", "Cora").name == "tuned-gat");
  const Recipe general = recipe_for("gat", "my-graph");
  CHECK(general.name == "gat");
  CHECK(general.learning_rate == recipe("gat-cora").learning_rate);
  CHECK_THROWS_AS(recipe_for("gaat", "cora"), ValueError);
  CHECK_THROWS_AS(recipe_for("gaat", "my-graph"), ValueError);
}
