#include "mercer/experiment/sequences.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/data/read.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/train_seed.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "support/files.hpp"
#include "support/random_tensor.hpp"
#include "support/same_training.hpp"
#include "support/series.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

/// 40 sequences that train and 20 that test, in a folder.
struct SmallSeries {
  TempFolder folder;
  std::string path;

  SmallSeries() {
    path = folder.write("small_TRAIN.ts", test::series_text(40, 1)).string();
    folder.write("small_TEST.ts", test::series_text(20, 2));
  }
  TrainRequest request() const {
    TrainRequest asked;
    asked.options.options = {{"layers", 1}, {"hidden", 4}, {"heads", 2}};
    asked.training.epochs = 12;
    asked.training.batch = 8;
    asked.training.warm_up = 20;
    asked.training.learning_rate = 0.01;
    asked.data.data = path;
    return asked;
  }
};

Settings settled(const TrainRequest& request, const Problem& problem) {
  Settings settings = resolve(request);
  complete(settings, problem);
  return settings;
}

}  // namespace

TEST_CASE("sequences are trained on by default with a Transformer's recipe") {
  const SmallSeries series;
  TrainRequest asked;
  asked.data.data = series.path;
  const Settings settings = resolve(asked);
  CHECK(settings.model.name == "transformer");
  CHECK(settings.training.optimizer == OptimizerKind::adamw);
  CHECK(settings.training.beta2 == 0.98);
  CHECK(settings.training.schedule == ScheduleKind::inverse_root);
  CHECK(settings.training.batch.value_or(0) > 1);
  CHECK_FALSE(settings.data.loops.has_value());
  CHECK(std::get<AdamW>(update_rule_of(settings.training)).beta2 == 0.98);
  CHECK(step_schedule_of(settings.training)(0) < 1);
  CHECK(schedule_of(settings.training)(500) == 1);
  asked.training.schedule = ScheduleKind::constant;
  CHECK_FALSE(static_cast<bool>(step_schedule_of(resolve(asked).training)));
  asked.training.optimizer = OptimizerKind::sgd;
  CHECK(resolve(asked).training.beta2 == std::nullopt);
}

TEST_CASE("the validation part is taken from the training file, and columns are scaled by what trains alone") {
  const SmallSeries series;
  const Prepared prepared = prepare({.data = series.path});
  CHECK(prepared.validation_share == 0.2);
  CHECK(prepared.standardise_features);
  CHECK(prepared.scales.mean.empty());
  const Split split = split_of(prepared, 3, 0).split;
  CHECK(split.train.size() == 32);
  CHECK(split.validation.size() == 8);
  CHECK(split.test.size() == 20);
  CHECK(split.validation != split_of(prepared, 4, 0).split.validation);
  CHECK(split_of(prepare({.data = series.path, .split_seed = 3}), 4, 0).split.validation == split.validation);
  CHECK(split_of(prepare({.data = series.path, .validation_share = 0.0}), 3, 0).split.train.size() == 40);

  const Problem problem(prepared, {.name = "transformer"});
  const std::vector<Index>& offset = problem.prepared.data.item_offset;
  const ColumnScales scales = scales_of(offset, problem.input, split.train);
  const SequenceBatch training = batch_of(offset, standardised(problem.input, scales), split.train, Device::cpu);
  double sum = 0, squares = 0;
  const Tensor& x = training.x.dense().value();
  for (Index i = 0; i < x.rows(); ++i) {
    sum += static_cast<double>(x(i, 1));
    squares += static_cast<double>(x(i, 1) * x(i, 1));
  }
  CHECK(std::abs(sum / static_cast<double>(x.rows())) < 1e-4);
  CHECK(squares / static_cast<double>(x.rows()) == doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("landmarks are at most the rows of the longest sequence") {
  const SmallSeries series;
  for (const char* model : {"transformer-skyformer", "transformer-nystromformer"}) {
    TrainRequest asked = series.request();
    asked.model = model;
    asked.options.options.insert_or_assign("landmarks", 1000);
    Settings settings = resolve(asked);
    const Problem problem(prepare(settings.data), settings.model);
    CHECK(longest_item(problem.prepared.data) == 9);
    CHECK(complete(settings, problem) == "landmarks: 1000 are more than the longest sequence has rows; 9 are taken");
    CHECK(settings.model.number("landmarks") == 9);
    CHECK(complete(settings, problem).empty());
    asked.options.options.insert_or_assign("landmarks", 9);
    settings = resolve(asked);
    CHECK(complete(settings, problem).empty());
  }
  ComparePlan plan{.contenders = {{"s", {.name = "transformer-skyformer", .options = {{"landmarks", 1000}}}}},
                   .points = {{}},
                   .budget = {.epochs = 1}};
  add_data(plan, series.path);
  CHECK(plan.cells.front().note.find("landmarks: 1000 are more than") == 0);
}

TEST_CASE("a batch holds the rows of its sequences in their order") {
  const Tensor x = test::random_tensor(6, 2);
  const std::vector<Index> offset{0, 2, 2, 5, 6};
  const std::vector<Node> items{2, 0, 1};
  for (const Input& input : {Input(x), Input(SparseMatrix::from_dense(x))}) {
    const SequenceBatch batch = batch_of(offset, input, items, Device::cpu);
    CHECK(std::vector<Index>(batch.segments.target_offset().begin(), batch.segments.target_offset().end()) ==
          std::vector<Index>{0, 3, 5, 5});
    const Tensor rows = batch.x.is_sparse() ? batch.x.sparse()->to_dense() : batch.x.dense().value();
    const Index from[] = {2, 3, 4, 0, 1};
    for (Index i = 0; i < 5; ++i)
      CHECK(rows(i, 1) == x(from[i], 1));
  }
}

TEST_CASE("a Transformer learns small sequences; the same bits on any number of threads, and resumed") {
  const SmallSeries series;
  const TrainRequest asked = series.request();
  const Problem problem(prepare(asked.data), {.name = "transformer"});
  const Settings settings = settled(asked, problem);
  const int before = threads();
  set_threads(1);
  const SeedRun whole = train_seed(problem, settings, 1, 0, {});
  CHECK(whole.result.test_accuracy > 0.9);
  CHECK(whole.result.confusion.size() == 4);
  CHECK_FALSE(whole.scales.mean.empty());
  for (const int count : {2, 4}) {
    set_threads(count);
    const SeedRun again = train_seed(problem, settings, 1, 0, {});
    test::check_same(whole.trained.state, again.trained.state);
    CHECK(test::same_bits(whole.trained.prediction, again.trained.prediction));
  }
  set_threads(before);
  Index steps = 0;
  const SeedRun first =
      train_seed(problem, settings, 1, 0, {.interrupted = [&steps] { return steps++ == 6; }});  // amid an epoch
  CHECK(first.trained.state.batch > 0);
  const SeedRun second = train_seed(problem, settings, 1, 0, {.resume = first.trained.state});
  test::check_same(whole.trained.state, second.trained.state);
}

TEST_CASE("a trained model knows its scales and gives the same logits for its data and for a file of its own") {
  const SmallSeries series;
  const TrainRequest asked = series.request();
  const Problem problem(prepare(asked.data), {.name = "transformer"});
  const Settings settings = settled(asked, problem);
  const SeedRun run = train_seed(problem, settings, 1, 0, {});
  save_model(series.folder / "model", trained_model(problem, settings, run));
  const TrainedModel loaded = load_model(series.folder / "model");
  CHECK(loaded.scales.mean == run.scales.mean);
  const Problem again = problem_for(loaded, read_dataset(series.path));
  CHECK(test::same_bits(logits_of(loaded.model, again), run.trained.prediction));
  CHECK(hidden_of(loaded.model, again).columns() == 8);
  const Problem other = problem_for(loaded, read_dataset(series.folder / "small_TEST.ts"));
  const Tensor logits = logits_of(loaded.model, other);
  REQUIRE(logits.rows() == 20);
  for (Index s = 0; s < 20; ++s)
    CHECK(logits(s, 0) == doctest::Approx(run.trained.prediction(40 + s, 0)));
  const auto narrow = series.folder.write("narrow.ts", "@classLabel true up down\n@data\n1,2:up\n");
  CHECK_THROWS_WITH_AS(problem_for(loaded, read_dataset(narrow)), doctest::Contains("the sequences have 1 features"),
                       ValueError);
  const auto unknown = series.folder.write("unknown.ts", "@classLabel true left\n@data\n1,2:3,4:left\n");
  CHECK_THROWS_WITH_AS(problem_for(loaded, read_dataset(unknown)), doctest::Contains("left is no class of the model"),
                       ValueError);
}

TEST_CASE("sequences and graphs are not mixed up") {
  const SmallSeries series;
  const auto problem = [](const std::string& data, const std::string& model, int ranks = 1) {
    return Problem(prepare({.data = data}), {.name = model}, {.ranks = ranks});
  };
  CHECK_THROWS_WITH_AS(problem(series.path, "rbf"), doctest::Contains("transformer-rbf for the same attention"),
                       ValueError);
  CHECK_THROWS_WITH_AS(problem(series.path, "mlp"), doctest::Contains("want transformer"), ValueError);
  CHECK_THROWS_WITH_AS(problem("karate", "transformer"), doctest::Contains("karate is a graph"), ValueError);
  CHECK_THROWS_WITH_AS(problem(series.path, "transformer", 2), doctest::Contains("device"), ValueError);
  TrainRequest asked;
  asked.data.data = "karate";
  asked.training.batch = 4;
  CHECK_THROWS_WITH_AS(resolve(asked), doctest::Contains("[batch] gat trains on a graph"), ValueError);
}

TEST_CASE("choices of graphs are refused for sequences by name") {
  const SmallSeries series;
  const auto refused = [&](DataChoice choice, const char* option) {
    choice.data = series.path;
    CAPTURE(std::string(option));
    CHECK_THROWS_WITH_AS(prepare(choice), doctest::Contains(option), ValueError);
  };
  refused({.symmetrise = true}, "[symmetrise]");
  refused({.loops = false}, "[loops]");
  refused({.largest_component = true}, "[largest-component]");
  refused({.reorder = 2}, "[reorder]");
  refused({.features = NodeFeatures::degree}, "[features]");
  refused({.normalise_features = true, .standardise_features = true}, "[standardise-features]");
  refused({.split_random = "share:0.6,0.2", .validation_share = 0.1}, "[validation-share]");
  CHECK_THROWS_WITH_AS(prepare({.data = "karate", .validation_share = 0.1}), doctest::Contains("[validation-share]"),
                       ValueError);
}

TEST_CASE("a model of tokens reads a text by itself in its own vocabulary") {
  const TempFolder folder;
  std::string text;
  for (int n = 0; n < 30; ++n)
    text += n % 2 == 0 ? "up it rises now\n" : "down it falls now\n";
  const std::string path = folder.write("moves.train.txt", text).string();
  folder.write("moves.test.txt", "up it rises\ndown falls\n");
  TrainRequest asked;
  asked.options.options = {{"layers", 1}, {"hidden", 4}, {"heads", 2}};
  asked.training.epochs = 40;
  asked.training.batch = 8;
  asked.training.warm_up = 10;
  asked.training.learning_rate = 0.02;
  asked.data.data = path;
  const Problem problem(prepare(asked.data), {.name = "transformer"});
  CHECK(problem.input.is_sparse());
  CHECK_FALSE(problem.prepared.standardise_features);
  const Settings settings = settled(asked, problem);
  const SeedRun run = train_seed(problem, settings, 1, 0, {});
  CHECK(run.result.test_accuracy == 1);
  const TrainedModel trained = trained_model(problem, settings, run);
  const Problem other =
      problem_for(trained, read_dataset(folder.write("new.labelled.txt", "down stock falls\nup stock rises\n")));
  CHECK(other.features() == problem.features());
  const Tensor logits = logits_of(trained.model, other);
  CHECK(predicted_class(logits, 0) == 0);  // down
  CHECK(predicted_class(logits, 1) == 1);
}
