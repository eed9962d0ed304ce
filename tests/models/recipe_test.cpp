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
    CHECK(made.epochs > made.patience);
    CHECK_FALSE(build_model(made.model, 10, 3, 0).parameters.empty());
  }
  CHECK(names.size() == 3 * model_names().size());
}

TEST_CASE("a model's name may contain a dash") {
  CHECK(recipe("gat-pyg-cora").model.name == "gat-pyg");
  CHECK(recipe("gat-pyg-cora").stop_rule == "loss");
}

TEST_CASE("an unknown recipe suggests the nearest and lists all") {
  CHECK_THROWS_WITH_AS(recipe("gat-coar"), doctest::Contains("did you mean gat-cora?"), ValueError);
  CHECK_THROWS_WITH_AS(recipe("gat"), doctest::Contains("mlp-pubmed"), ValueError);
  CHECK_THROWS_AS(recipe(""), ValueError);
}

TEST_CASE("a data set without a recipe takes the model's general one") {
  CHECK(recipe_for("gat", "pubmed").name == "gat-pubmed");
  const Recipe general = recipe_for("gat", "my-graph");
  CHECK(general.name == "gat");
  CHECK(general.learning_rate == recipe("gat-cora").learning_rate);
  CHECK_THROWS_AS(recipe_for("gaat", "cora"), ValueError);
  CHECK_THROWS_AS(recipe_for("gaat", "my-graph"), ValueError);
}
