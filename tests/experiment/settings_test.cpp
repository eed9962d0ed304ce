#include "mercer/experiment/settings.hpp"

#include <doctest/doctest.h>

#include "experiment/options_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/experiment/option_text.hpp"

using namespace mercer;

TEST_CASE("a request is completed by the recipe for its data, else by the model's own") {
  const Settings cora = resolve({.model = "gat", .data = {.data = "datasets/planetoid/ind.cora"}});
  CHECK(cora.recipe == "gat-cora");
  CHECK(cora.training.learning_rate == 0.005);
  CHECK(cora.training.optimizer == OptimizerKind::adam);
  CHECK(cora.data.normalise_features == true);
  const Settings other = resolve({.model = "gat", .training = {.learning_rate = 0.1}, .data = {.data = "mine"}});
  CHECK(other.training.learning_rate == 0.1);
  CHECK_FALSE(other.data.normalise_features);
  CHECK(other.recipe_why.find("general") != std::string::npos);
  const auto why_of = [](const std::string& data, const std::optional<std::string>& asked) {
    const std::string why = resolve({.recipe = asked, .data = {.data = data}}).recipe_why;
    return why.substr(0, why.find(')') + 1);
  };
  CHECK(why_of("cora", {}) == "gat-cora (fits the data's name)");
  CHECK(why_of("mine/Cora", {}) == "gat-cora (fits the data's name, Cora)");
  CHECK(why_of("mine/Photo", "tuned") == "tuned-gat-photo (asked for; fits the data's name, Photo)");
  CHECK(why_of("mine/Cora", "tuned") == "tuned-gat (asked for)");
  const Settings typed =
      resolve({.recipe = "gat-pubmed", .options = {.options = {{"heads", 3}}}, .data = {.data = "mine"}});
  CHECK(typed.model.number("heads") == 3.0);
  CHECK(typed.model.number("output-heads") == 8.0);
  CHECK(typed.recipe == "gat-pubmed");
  CHECK(cora.training.epochs == 100000);
  CHECK(typed.training.epochs == 100000);
  CHECK(other.training.epochs == 1000);
  CHECK(has_general_recipe(other));
  CHECK_FALSE(has_general_recipe(cora));
  CHECK(resolve({.model = "gat", .training = {.epochs = 3000}, .data = {.data = "mine"}}).training.epochs == 3000);
  CHECK(resolve({.model = "gcn", .data = {.data = "mine"}}).training.epochs == 200);
}

TEST_CASE("what is left out of a recipe's stack takes the recipe's options of it along") {
  const Settings alone =
      resolve({.recipe = "sgformer-cora", .options = {.options = {{"global", "none"}}}, .data = {.data = "cora"}});
  for (const auto& [name, value] : alone.model.options)
    CHECK((name == "global" || !name.starts_with("global")));
  const Settings polynormer = resolve({.recipe = "polynormer-minesweeper",
                                       .options = {.options = {{"global", "none"}}},
                                       .data = {.data = "minesweeper"}});
  CHECK(polynormer.model.find("local-epochs") == nullptr);
  const auto chameleon = [](const char* norm) {
    return resolve({.recipe = "tuned-gat-chameleon",
                    .options = {.options = {{"norm", norm}}},
                    .data = {.data = "chameleon_filtered"}});
  };
  CHECK(chameleon("none").model.find("decay-norms") == nullptr);
  CHECK(chameleon("layer").model.find("decay-norms") != nullptr);
}

TEST_CASE("a request that contradicts itself is refused") {
  const auto refused = [](const TrainRequest& request, const char* wanted) {
    CHECK_THROWS_WITH_AS(resolve(request), doctest::Contains(wanted), ValueError);
  };
  refused({.recipe = "gat-cora", .model = "gcn"}, "[recipe] gat-cora is of model gat, got model gcn");
  refused({.model = "gta"}, "did you mean gat?");
  refused({.training = {.momentum = 0.9}}, "[momentum] adam has none");
  const ModelOptions warmed{.options = {{"global", "gated"}, {"local-epochs", 50}}};
  refused({.options = warmed, .training = {.epochs = 50}}, "[local-epochs] got 50 epochs before the global branch");
  CHECK(resolve({.options = warmed, .training = {.epochs = 1, .patience = 1}, .passes_done = 51}).training.epochs == 1);
  refused({.options = warmed, .training = {.epochs = 100, .patience = 5}}, "with patience 5 the training can end");
  refused({.training = {.schedule = ScheduleKind::cosine, .schedule_by = 0.5}}, "step schedule");
  refused({.training = {.epochs = -1}}, "[train] epochs: got -1, want 0 to 1,000,000,000");
  refused({.training = {.patience = 0}}, "[train] patience: got 0, want a finite number of at least 1");
  refused({.training = {.clip = -1}}, "[train] clip: got -1, want a finite number of at least 0");
}

TEST_CASE("options that would change nothing are refused, with the way out") {
  const auto message = [](const TrainRequest& request) -> std::string {
    const Settings settings = resolve(request);
    try {
      refuse_idle_patience(request.training, *settings.training.stopping);
      refuse_idle_options(request.options, settings.model);
    } catch (const ValueError& error) {
      return error.what();
    }
    return "";
  };
  const auto with = [](const char* model, const OptionValues& options) {
    return TrainRequest{.model = model, .options = {.options = options}};
  };
  CHECK(message({.training = {.patience = 3, .stopping = StopRule::fixed_epochs}}) ==
        "[patience] got 3 with stopping fixed, which trains all epochs: leave it out, or take another stopping");
  CHECK(message({.training = {.patience = 3}}) == "");
  CHECK(message({.training = {.stopping = StopRule::fixed_epochs}}) == "");
  CHECK(message(with("transformer", {{"longest", OptionValue(9)}, {"positions", OptionValue("none")}})) ==
        "[longest] no effect without learned positions: leave it out, or take positions learned or relative table");
  CHECK(message(with("transformer", {{"longest", OptionValue(9)}, {"positions", OptionValue("learned")}})) == "");
  CHECK(message(with("transformer", {{"longest", OptionValue(9)}, {"relative", OptionValue("table")}})) == "");
  CHECK(message(with("transformer-nprf", {{"longest", OptionValue(9)}})) == "");
  CHECK(message(with("transformer-nprf", {{"buckets", OptionValue(8)}})) ==
        "[buckets] no effect without relative positions in buckets: leave it out, or take relative buckets");
  CHECK(message(with("transformer", {{"buckets", OptionValue(8)}, {"relative", OptionValue("buckets")}})) == "");
  CHECK(message(with("transformer", {{"activation", OptionValue("relu")},
                                     {"encoder", OptionValue("scaled")},
                                     {"embedding", OptionValue("linear")}}))
            .starts_with("[activation] no effect with scaled blocks"));
  CHECK(message(with("transformer", {{"activation", OptionValue("relu")}})) == "");
  for (const char* model : {"transformer-skyformer", "transformer-nystromformer", "transformer-performer",
                            "transformer-linear", "transformer-rmfa", "transformer-nprf", "transformer-gru"})
    CHECK(message(with(model, {{"storage", OptionValue("bf16")}})).starts_with("[storage] no effect on "));
  CHECK(message(with("transformer", {{"storage", OptionValue("bf16")}})) == "");
  for (const auto& [name, value] :
       OptionValues{{"hidden", OptionValue(4)}, {"heads", OptionValue(4)}, {"activation", OptionValue("relu")}}) {
    CHECK(message(with("rbf", {{"layers", 1}, {name, value}})) ==
          "[" + name + "] no effect without hidden layers: leave it out, or take more layers, or a linear classifier");
    CHECK(message(with("rbf", {{"layers", 2}, {name, value}})) == "");
    CHECK(message(with("rbf", {{"layers", 1}, {"classifier", "linear"}, {name, value}})) == "");
    CHECK(message(with("rbf", {{"layers", 1}, {"pre-linear", "active"}, {name, value}})) == "");
  }
  CHECK(message(with("gat", {{"layers", 1}, {"output-heads", 4}, {"dropout", 0}})) == "");
  for (const char* name : {"initialise-per-head", "dropout-per-head"}) {
    CHECK(message(with("gat", {{"layers", 1}, {name, false}})) ==
          "[" + std::string(name) + "] no effect where every layer has one head: leave it out, or take more");
    CHECK(message(with("gat", {{"heads", 1}, {name, false}})) != "");
    CHECK(message(with("gat", {{"layers", 1}, {"output-heads", 2}, {name, false}})) == "");
    CHECK(message(with("gat", {{"layers", 1}, {"classifier", "linear"}, {name, false}})) == "");
    CHECK(message(with("gat", {{name, false}})) == "");
  }
  CHECK(message(with("constant", {{"key-width", 3}})).starts_with("[key-width] no effect on constant, which compares"));
  CHECK(
      message(with("transformer-constant", {{"tied", true}})).starts_with("[tied] no effect on transformer-constant"));
  CHECK(message(with("constant", {{"tied", true}, {"p", 2}})) == "");
  CHECK(message(with("gcn", {{"layers", 1}, {"decay-first-layer-only", false}}))
            .starts_with("[decay-first-layer-only] no effect on a single layer"));
  CHECK(message(with("gcn", {{"decay-first-layer-only", false}})) == "");
  CHECK(message(with("gcn", {{"layers", 1}, {"classifier", "linear"}, {"decay-first-layer-only", false}})) == "");
  CHECK(message(with("gcn", {{"layers", 1}, {"pre-linear", "active"}, {"decay-first-layer-only", false}})) == "");
  const OptionValues none{{"input-dropout", 0}, {"attention-dropout", 0}, {"value-dropout", 0}};
  OptionValues all = none;
  all.emplace("dropout", 0.5);
  CHECK(message(with("gat", all)) ==
        "[dropout] got 0.5, but each dropout of gat is given apart, or 0 unless it is: leave it out, or set "
        "input-dropout, attention-dropout, value-dropout");
  CHECK(message(with("gat", none)) == "");
  CHECK(message(with("gat", {{"dropout", 0.5}, {"value-dropout", 0}})) == "");
  CHECK(message(with("mlp", {{"dropout", 0.5}})) == "");
  CHECK(message(with("mlp", {{"dropout", 0.5}, {"input-dropout", 0.2}})) != "");
  // of a Transformer, every layer is hidden
  CHECK(message(with("transformer", {{"layers", 1}, {"heads", 2}})) == "");
  CHECK(message(with("transformer", {{"dropout", 0.5}, {"attention-dropout", 0}})) == "");
}

TEST_CASE("options survive JSON, and unknown ones are refused") {
  const ModelOptions model{.name = "rbf",
                           .options = {{"p", 1.75}, {"heads", 4}, {"normaliser", "degree"}, {"bias", false}}};
  CHECK(model_from(json_of(model)) == model);
  CHECK(training_from(json_of(TrainingChoice{.epochs = 7, .metric = Metric::macro_f1})).metric == Metric::macro_f1);
  const DataChoice data =
      data_from(json_of(DataChoice{.data = "cora", .path = "/sets/cora", .loops = false, .reorder = 4}));
  CHECK(data.path == "/sets/cora");
  CHECK(data.data == "cora");
  CHECK(data.loops == false);
  CHECK_FALSE(data.split);
  CHECK(std::get<Index>(data.reorder.value()) == 4);
  CHECK(data_from(json_of(DataChoice{.data = "cora", .reorder = NodeOrder::communities})).reorder ==
        DataChoice{.reorder = NodeOrder::communities}.reorder);
  Json json = json_of(model);
  json["no-such-option"] = 1;
  CHECK_THROWS_WITH_AS(model_from(json), doctest::Contains("no-such-option"), ValueError);
  json = json_of(model);
  json["heads"] = "many";
  CHECK_THROWS_WITH_AS(model_from(json), "heads: got \"many\", want a whole number", ValueError);
  CHECK_THROWS_WITH_AS(training_from(Json{{"optimizer", "adma"}}),
                       doctest::Contains("optimizer: got \"adma\"; did you mean adam?"), ValueError);
  CHECK_THROWS_WITH_AS(data_from(Json{{"name", "cora"}, {"loop", true}}), doctest::Contains("did you mean loops?"),
                       ValueError);
  CHECK_THROWS_AS(model_from(Json::array()), ValueError);
}

TEST_CASE("options are set by name and text") {
  ModelOptions model;
  CHECK(set_option(model, {"heads", "5"}));
  CHECK(set_option(model, {"p", "1.5"}));
  CHECK(set_option(model, {"bias", "no"}));
  CHECK_FALSE(set_option(model, {"learning-rate", "1"}));
  CHECK(model.options == OptionValues{{"heads", 5}, {"p", 1.5}, {"bias", false}});
  TrainingChoice training;
  CHECK(set_option(training, {"learning-rate", "0.25"}));
  CHECK(training.learning_rate == 0.25);
  CHECK_THROWS_WITH_AS(set_option(model, {"heads", "5.5"}), "heads: got \"5.5\", want a whole number", ValueError);
  CHECK_THROWS_WITH_AS(set_option(model, {"bias", "maybe"}), "bias: got \"maybe\", want true or false", ValueError);
  CHECK_THROWS_AS(set_option(model, {"normaliser", ""}), ValueError);
}
