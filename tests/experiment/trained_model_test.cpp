#include "mercer/experiment/trained_model.hpp"

#include <doctest/doctest.h>

#include <iterator>

#include "experiment/json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "mercer/training/checkpoint.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

struct Run {
  Settings settings;
  Problem problem;
  SeedRun seed;
};

Run trained_on(DataChoice data, std::string model = "gat") {
  Settings settings = resolve({.model = std::move(model),
                               .training = {.epochs = 5, .stopping = StopRule::fixed_epochs},
                               .data = std::move(data)});
  Problem problem(prepare(settings.data), settings.model);
  complete(settings, problem);
  SeedRun seed = train_seed(problem, settings, 3, 0, {});
  return {std::move(settings), std::move(problem), std::move(seed)};
}

/// The tensor file of a model with one member of its description changed.
void change(const std::filesystem::path& folder, const char* member, const Json& value) {
  TensorFile file = load_tensors(folder / "model.safetensors");
  Json json = Json::parse(file.metadata.at("model"));
  json[Json::json_pointer(member)] = value;
  file.metadata["model"] = json.dump();
  save_tensors(folder / "model.safetensors", file);
}

void refused(const std::filesystem::path& folder, const char* wanted) {
  CHECK_THROWS_WITH_AS(load_model(folder), doctest::Contains(wanted), FileError);
}

}  // namespace

TEST_CASE("a trained model is one file, and predicts the same after loading") {
  const test::TempFolder folder;
  for (const char* name : {"gat", "rbf", "gcn", "ikan-direct"}) {
    const Run run = trained_on({.data = "karate"}, name);
    save_model(folder / name, trained_model(run.problem, run.settings, run.seed));
    CHECK(std::distance(std::filesystem::directory_iterator(folder / name), {}) == 1);
    const TrainedModel loaded = load_model(folder / name);
    CHECK(loaded.options == run.settings.model);
    CHECK(loaded.class_names == karate().class_names);
    CHECK(loaded.fingerprint == fingerprint(karate()));
    CHECK(loaded.seed == 3);
    CHECK(loaded.data.split == "0");
    const Problem problem = problem_for(loaded, karate());
    const Tensor before = logits_of(run.seed.model, run.problem), after = logits_of(loaded.model, problem);
    for (Index i = 0; i < before.rows(); ++i)
      for (Index c = 0; c < before.columns(); ++c)
        REQUIRE(before.row(i)[c] == after.row(i)[c]);
    save_model(folder / "again", loaded);
    CHECK(test::bytes_of(folder / "again/model.safetensors") == test::bytes_of(folder / name / "model.safetensors"));
  }
}

TEST_CASE("a model prepares other data like its own, except choices that only fit its own") {
  const Run run = trained_on({.data = "karate", .loops = false, .reorder = 2, .split_random = "per-class:4,4"});
  const TrainedModel trained = trained_model(run.problem, run.settings, run.seed);
  CHECK(trained.data.split_random == "per-class:4,4");
  CHECK_FALSE(problem_for(trained, karate()).prepared.order.empty());
  Dataset other = karate();
  other.labels[0] = 1 - other.labels[0];
  const Problem problem = problem_for(trained, other);
  CHECK(problem.prepared.order.empty());
  CHECK_FALSE(problem.prepared.loops);
  CHECK_THROWS_WITH_AS(problem_for(trained, planted_citations()),
                       doctest::Contains("1433 features, the model wants 34"), ValueError);
}

TEST_CASE("features have the names and the order of the model's") {
  const test::TempFolder folder;
  folder.write("edges.txt", "0 1\n1 2\n2 3\n");
  folder.write("labels.txt", "a\nb\na\nb\n");
  folder.write("split.txt", "train\ntrain\nval\ntest\n");
  folder.write("features.csv", "height,width\n1,2\n3,4\n5,6\n7,8\n");
  const Run run = trained_on({.data = folder.path().string()});
  save_model(folder / "run", trained_model(run.problem, run.settings, run.seed));
  const TrainedModel trained = load_model(folder / "run");
  CHECK(trained.feature_names == std::vector<std::string>{"height", "width"});
  Dataset data = load_dataset(folder.path().string());
  check_features(trained, data);
  std::swap(data.feature_names[0], data.feature_names[1]);
  CHECK_THROWS_WITH_AS(check_features(trained, data), doctest::Contains("feature 0 is width, the model wants height"),
                       ValueError);
}

TEST_CASE("a damaged model file is refused with the place and the expected content") {
  const test::TempFolder folder;
  const Run run = trained_on({.data = "karate"});
  const TrainedModel trained = trained_model(run.problem, run.settings, run.seed);
  const std::filesystem::path& there = folder.path();
  const auto changed = [&](const char* member, const Json& value, const char* wanted) {
    save_model(there, trained);
    change(there, member, value);
    refused(there, wanted);
  };
  refused(there, "no such file");
  changed("/features", 35, "of another shape");
  changed("/options/hidden", 1000000, "[hidden × heads] are more than any tensor has");
  changed("/options/hidden", "wide", "hidden: got \"wide\", want a whole number");
  changed("/options/os.system", "x", "os.system");
  changed("/options/name", "gcn", "gcn");
  changed("/options/layers", 1000000, "layers");
  changed("/classes", Json::array({"a"}), "of another shape");
  changed("/feature_names", Json::array({"a"}), "feature_names");
  changed("/buffers", Json::array({"mean"}), "buffers");
  changed("/fingerprint", Json::object(), "nodes");
  save_model(there, trained);
  const std::string bytes = test::bytes_of(there / "model.safetensors");
  for (const std::string& broken :
       {std::string(), bytes.substr(0, 40), bytes.substr(0, bytes.size() - 1), bytes + "x"}) {
    folder.write("model.safetensors", broken);
    refused(there, "model.safetensors");
  }
}

TEST_CASE("a model file of another format is refused by name") {
  const test::TempFolder folder;
  const Run run = trained_on({.data = "karate"});
  const auto with = [&](const std::map<std::string, std::string>& metadata) {
    save_parameters(folder / "model.safetensors", run.seed.model.parameters, metadata);
  };
  with({{"format", "mercer model 1"}});
  refused(folder.path(), "got mercer model 1, want mercer model 2: files of format 1 can't be read any more; train");
  with({});
  refused(folder.path(), "got no format, want format mercer model 2");
  with({{"format", "mercer model 3"}});
  refused(folder.path(), "got mercer model 3");
  with({{"format", "mercer model 2"}});
  refused(folder.path(), "__metadata__ has no model");
  with({{"format", "mercer model 2"}, {"model", "{"}});
  refused(folder.path(), "want JSON");
}

TEST_CASE("buffers are saved beside the parameters, and move with them") {
  const test::TempFolder folder;
  const Run run = trained_on({.data = "karate"});
  TrainedModel trained = trained_model(run.problem, run.settings, run.seed);
  trained.model.buffers.push_back({"running_mean", Variable(Tensor::from({{1, 2}}))});
  save_model(folder.path(), trained);
  const TensorFile file = load_tensors(folder / "model.safetensors");
  CHECK(file.tensors.contains("running_mean"));
  CHECK(Json::parse(file.metadata.at("model"))["buffers"] == Json::array({"running_mean"}));
  refused(folder.path(), "buffers");  // a GAT has none
  move_to(trained.model, Device::cpu);
  CHECK(trained.model.buffers[0].variable.value().device().is_cpu());
}

TEST_CASE("an unfinished run keeps its settings, its results and the fingerprint of its data") {
  const test::TempFolder folder;
  CHECK_FALSE(holds_unfinished_run(folder.path()));
  CHECK_THROWS_AS(load_unfinished(folder.path()), FileError);
  const Run run = trained_on({.data = "karate"});
  UnfinishedRun before{.command = "mercer train",
                       .summary = "",
                       .settings = run.settings,
                       .fingerprint = run.problem.prepared.source,
                       .results = {},
                       .state = run.seed.trained.state};
  before.settings.seed = 3;
  save_unfinished(folder.path(), before);
  const UnfinishedRun after = load_unfinished(folder.path());
  CHECK(after.settings.model == before.settings.model);
  CHECK(after.fingerprint == before.fingerprint);
  REQUIRE(after.state);
  CHECK(after.state->epochs == 5);
  folder.write("resume.json", "{\"format\": \"mercer run 1\"}");
  CHECK_THROWS_WITH_AS(load_unfinished(folder.path()), doctest::Contains("got mercer run 1, want mercer run 2"),
                       FileError);
  forget_unfinished(folder.path());
  CHECK_FALSE(holds_unfinished_run(folder.path()));
}
