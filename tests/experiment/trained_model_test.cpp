#include "mercer/experiment/trained_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "experiment/json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "mercer/training/checkpoint.hpp"
#include "support/files.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;

namespace {

struct Run {
  Settings settings;
  Problem problem;
  SeedRun seed;
};

Run trained_on(DataChoice data, std::string model = "gat", OptionValues options = {}) {
  Settings settings = resolve({.model = std::move(model),
                               .options = {.options = std::move(options)},
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

TEST_CASE("a model that load_model could not build is not saved") {
  const test::TempFolder folder;
  CHECK_THROWS_WITH_AS(save_model(folder / "own", TrainedModel{}), doctest::Contains("save_parameters writes"),
                       ValueError);
  CHECK_FALSE(std::filesystem::exists(folder / "own"));
}

TEST_CASE("a model prepares other data like its own, except choices that only fit its own") {
  const Run run = trained_on({.data = "karate", .loops = false, .reorder = 2, .split_random = "per-class:4,4"});
  const TrainedModel trained = trained_model(run.problem, run.settings, run.seed);
  CHECK(trained.data.split_random == "per-class:4,4");
  CHECK_FALSE(problem_for(trained, karate()).prepared.order.empty());
  Dataset other = with_loops(karate());
  other.labels[0] = 1 - other.labels[0];
  const Problem problem = problem_for(trained, other);
  CHECK(problem.prepared.order.empty());
  CHECK_FALSE(problem.prepared.loops);
  CHECK_THROWS_WITH_AS(problem_for(trained, planted_citations()),
                       doctest::Contains("1433 features, the model wants 34"), ValueError);
}

TEST_CASE("a model keeps the names of its features and the place of its data") {
  const test::TempFolder folder;
  folder.write("edges.txt", "0 1\n1 2\n2 3\n");
  folder.write("labels.txt", "a\nb\na\nb\n");
  folder.write("split.txt", "train\ntrain\nval\ntest\n");
  folder.write("features.csv", "height,width\n1,2\n3,4\n5,6\n7,8\n");
  const Run run = trained_on({.data = folder.path().string()});
  save_model(folder / "run", trained_model(run.problem, run.settings, run.seed));
  const TrainedModel trained = load_model(folder / "run");
  CHECK(trained.feature_names == std::vector<std::string>{"height", "width"});
  CHECK(trained.data.path == folder.path().string());
  CHECK(place_of(trained.data) == folder.path().string());
  CHECK(trained.fingerprint == fingerprint(load_dataset(trained.data.path)));
  CHECK_FALSE(trained.first_index);
}

TEST_CASE("the place of data is their path, or the name where that is absolute or the path is no more") {
  const test::TempFolder folder;
  folder.write("edges.txt", "0 1\n");
  folder.write("features.csv", "1\n2\n");
  const std::string path = folder.path().string();
  CHECK(place_of({.data = "karate"}) == "karate");
  CHECK(place_of({.data = "elsewhere", .path = path}) == path);
  CHECK(place_of({.data = path, .path = "/nowhere"}) == path);
  CHECK(place_of({.data = "karate", .path = "/nowhere"}) == "karate");
  CHECK_THROWS_WITH_AS(place_of({.data = "no-such-data", .path = "/nowhere"}), doctest::Contains("/nowhere"),
                       FileError);
  CHECK_THROWS_AS(place_of({}), ValueError);
}

TEST_CASE("a finished run is extended by more epochs, and after an early stop by a longer patience") {
  UnfinishedRun run;
  run.settings = resolve({.training = {.epochs = 20, .patience = 5, .stopping = StopRule::validation_loss}});
  run.state = TrainState{.epochs = 12, .stopping = {.waited = 5}};
  CHECK_THROWS_WITH_AS(extend(run, 12, {}), "[epochs] got 12, the run has 12 already, want more", ValueError);
  CHECK_THROWS_WITH_AS(extend(run, 40, {}),
                       doctest::Contains("the run stopped early: add --patience 10 (more than its 5)"), ValueError);
  extend(run, 40, 6);
  CHECK(run.settings.training.epochs == 40);
  CHECK(run.settings.training.patience == 6);
  run.settings.training.stopping = StopRule::fixed_epochs;
  CHECK_THROWS_WITH_AS(extend(run, 50, 1), doctest::Contains("[patience] got 1 with stopping fixed"), ValueError);
  CHECK(run.settings.training.epochs == 40);
  extend(run, 50, {});
  CHECK(run.settings.training.epochs == 50);
}

TEST_CASE("a finished run is kept with its last state") {
  const test::TempFolder folder;
  const Run run = trained_on({.data = "karate"});
  CHECK_FALSE(holds_finished_run(folder.path()));
  CHECK_THROWS_AS(load_finished(folder.path()), FileError);
  UnfinishedRun before{.command = "mercer train",
                       .summary = "",
                       .settings = run.settings,
                       .fingerprint = {},
                       .results = {},
                       .state = run.seed.trained.state};
  before.settings.seed = 3;
  save_finished(folder.path(), before);
  CHECK(load_finished(folder.path()).state->epochs == 5);
  CHECK_FALSE(holds_unfinished_run(folder.path()));
  std::filesystem::remove(folder / "finished.safetensors");
  CHECK_THROWS_WITH_AS(load_finished(folder.path()), doctest::Contains("want one seed with its last state"), FileError);
  forget_finished(folder.path());
  CHECK_FALSE(holds_finished_run(folder.path()));
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
  refused(there / "model.safetensors", "is a file, want the folder of a model");
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
    save_parameters(folder / "model.safetensors", run.seed.model.parameters, run.seed.model.buffers, metadata);
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

TEST_CASE("a deep stack with running statistics predicts the same bits after loading") {
  const test::TempFolder folder;
  for (const char* block : {"plain", "residual"}) {
    const Run run = trained_on({.data = "karate"}, "gat",
                               {{"layers", 4},
                                {"block", block},
                                {"norm", "batch"},
                                {"residual", "linear"},
                                {"hidden-dropout", 0.2f},
                                {"classifier", "linear"},
                                {"jumping", "sum"}});
    REQUIRE_FALSE(run.seed.model.buffers.empty());
    const Tensor mean = run.seed.model.buffers.front().variable.value();
    CHECK(max_abs_difference(mean, Tensor::like(mean)) > 0);
    save_model(folder / block, trained_model(run.problem, run.settings, run.seed));
    const TrainedModel loaded = load_model(folder / block);
    const Tensor before = logits_of(run.seed.model, run.problem),
                 after = logits_of(loaded.model, problem_for(loaded, karate()));
    CHECK(std::ranges::equal(std::as_bytes(before.values()), std::as_bytes(after.values())));
  }
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
  before.settings.init = "/runs/first";
  save_unfinished(folder.path(), before);
  const UnfinishedRun after = load_unfinished(folder.path());
  CHECK(after.settings.init == "/runs/first");
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

TEST_CASE("scales, made features and the fold are kept with the model") {
  const test::TempFolder folder;
  const Run standard = trained_on({.data = "karate", .standardise_features = true});
  save_model(folder / "standard", trained_model(standard.problem, standard.settings, standard.seed));
  const TrainedModel loaded = load_model(folder / "standard");
  CHECK(loaded.scales.scale == standard.problem.prepared.scales.scale);
  CHECK(loaded.scales.mean.size() == 34);
  Dataset other = karate();
  other.features = SparseMatrix(34, 34, std::vector<Edge>(35, 0), {}, {});  // its own deviations are 0
  CHECK(problem_for(loaded, other).prepared.scales.scale == loaded.scales.scale);
  const Tensor before = logits_of(standard.seed.model, standard.problem),
               after = logits_of(loaded.model, problem_for(loaded, karate()));
  CHECK(std::ranges::equal(before.values(), after.values()));

  const Run degree = trained_on({.data = "karate", .features = NodeFeatures::degree});
  save_model(folder / "degree", trained_model(degree.problem, degree.settings, degree.seed));
  const TrainedModel any = load_model(folder / "degree");
  CHECK(any.features == 2);
  Dataset bare = planted_citations();
  bare.class_names = {};
  bare.labels.assign(bare.labels.size(), -1);
  bare.splits.clear();
  CHECK(problem_for(any, bare).features() == 2);

  const Run identity = trained_on({.data = "karate", .features = NodeFeatures::identity});
  const TrainedModel own = trained_model(identity.problem, identity.settings, identity.seed);
  CHECK_THROWS_WITH_AS(problem_for(own, bare),
                       doctest::Contains("a column for each node of the graph that it was trained"), ValueError);

  const Run fold = trained_on({.data = "karate", .split = "2", .split_random = "folds:4", .split_seed = 9});
  const TrainedModel kept = trained_model(fold.problem, fold.settings, fold.seed);
  CHECK(kept.data.split == "2");
  CHECK(kept.data.split_random == "folds:4");
  CHECK(kept.data.split_seed == 9);
  CHECK(problem_for(kept, karate()).prepared.plan.in_words() == fold.problem.prepared.plan.in_words());
}

TEST_CASE("the notes of a run name classes without a training node and nodes without a label") {
  Dataset data = karate();
  data.labels[5] = -1;
  data.notes = {"read so"};
  const Problem problem(prepare(data, {}), {.name = "gat"});
  const DataFacts facts = facts_of(problem, {.train = {0}, .validation = {}, .test = {1}});
  CHECK(facts.notes.front() == "read so");
  CHECK(facts.unlabelled == 1);
  CHECK(facts.notes.at(1).starts_with("1 node without a label is left out of the split"));
  CHECK(facts.notes.back().ends_with(": nothing teaches it"));
  CHECK(facts.class_sizes[0] + facts.class_sizes[1] == 33);
  add_label_note(data, "labels.txt: '-1' is taken as no label (1 node)", 1);  // noted already
  const DataFacts noted =
      facts_of(Problem(prepare(data, {}), {.name = "gat"}), {.train = {0}, .validation = {}, .test = {}});
  CHECK(std::ranges::none_of(noted.notes, [](const std::string& note) { return note == "1 node has no label"; }));
  Dataset in_no_part = karate();
  in_no_part.labels[5] = -1;
  in_no_part.splits = {{.train = {0}, .validation = {}, .test = {1}}};
  const DataFacts facts_now =
      facts_of(Problem(prepare(in_no_part, {}), {.name = "gat"}), {.train = {0}, .validation = {}, .test = {1}});
  CHECK(std::ranges::find(facts_now.notes, "1 node has no label") != facts_now.notes.end());
  const std::string no_test = "the split has no test nodes, and 32 nodes with a label are in none of its parts";
  CHECK(std::ranges::find(noted.notes, no_test) != facts.notes.end());
  CHECK(std::ranges::find(facts.notes, no_test) == facts.notes.end());
  CHECK(facts.preparation.front() == std::pair<std::string, std::string>("symmetrise", "true"));
  CHECK_FALSE(has_unequal_classes(facts));
  CHECK(has_unequal_classes({.class_sizes = {10, 31}}));
  CHECK_FALSE(has_unequal_classes({.class_sizes = {10, 30}}));
  CHECK_FALSE(has_unequal_classes({}));
}

TEST_CASE("a kernel machine keeps training nodes as landmarks, and its file all that prediction needs") {
  const test::TempFolder folder;
  for (const Index landmarks : {4, 400, 500}) {  // 500 is the default, which has no note
    const Run run = trained_on({.data = "karate", .split_random = "per-class:5,6"}, "kernel-machine",
                               {{"landmarks", landmarks}, {"steps", 1}});
    const Index want = std::min<Index>(landmarks, 10);
    const Tensor& z = run.seed.model.buffers.front().variable.value();
    REQUIRE(z.rows() == want);
    for (Index l = 0; l < want; ++l) {  // karate's features are a column for each node
      const auto node = static_cast<Node>(std::max_element(z.row(l), z.row(l) + z.columns()) - z.row(l));
      CHECK(std::ranges::find(run.seed.split.train, node) != run.seed.split.train.end());
    }
    CHECK((run.seed.result.note.find("400 are more than the training nodes") != std::string::npos) ==
          (landmarks == 400));
    CHECK(run.seed.result.note.find(" of " + std::to_string(want) + " landmarks are left") != std::string::npos);
    save_model(folder / "machine", trained_model(run.problem, run.settings, run.seed));
    const TrainedModel loaded = load_model(folder / "machine");
    CHECK(loaded.options.number("landmarks") == static_cast<double>(want));
    CHECK(test::same_bits(logits_of(loaded.model, problem_for(loaded, karate())),
                          logits_of(run.seed.model, run.problem)));
  }
}

TEST_CASE("settings that say nothing of landmarks take the default, without a note") {
  Run run = trained_on({.data = "karate", .split_random = "per-class:5,6"}, "kernel-machine");
  run.settings.model.options.erase("landmarks");
  const SeedRun again = train_seed(run.problem, run.settings, 3, 0, {});
  CHECK(again.result.note == run.seed.result.note);
  CHECK(again.options.number("landmarks") == 10);
}
