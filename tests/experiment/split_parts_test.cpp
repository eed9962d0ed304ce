#include "mercer/experiment/split_parts.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/first_values.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

/// The numbers in the source of each part, of seed 3.
std::vector<std::set<Node>> sets_of(const Prepared& prepared) {
  const Split split = split_of(prepared, 3, 0).split;
  std::vector<std::set<Node>> sets(3);
  for (const auto& [nodes, set] :
       {std::pair{&split.train, &sets[0]}, {&split.validation, &sets[1]}, {&split.test, &sets[2]}})
    for (const Node i : *nodes)
      set->insert(prepared.source_node(i));
  return sets;
}

/// A model of seed 3, trained for two epochs.
TrainedModel trained_on_split(Problem& problem, Settings settings) {
  complete(settings, problem);
  return trained_model(problem, settings, train_seed(problem, settings, 3, 0, {}));
}

}  // namespace

TEST_CASE("data of which something changed have the split of the training, whatever it was drawn by") {
  Dataset changed = karate();
  for (std::size_t i = 0; i < 12; ++i)
    changed.labels[i] = 1 - changed.labels[i];
  for (const DataChoice& choice : {DataChoice{.data = "karate", .split_random = "per-class:4,4"},
                                   {.data = "karate", .reorder = 2, .split_random = "share:0.4,0.2", .split_seed = 8},
                                   {.data = "karate", .split = "1", .split_random = "folds:3"},
                                   {.data = "karate"}}) {
    const test::TempFolder folder;
    Settings settings = resolve({.model = "gat", .training = {.epochs = 2}, .data = choice});
    const Problem problem(prepare(settings.data), settings.model);
    complete(settings, problem);
    save_model(folder / "run", trained_model(problem, settings, train_seed(problem, settings, 3, 0, {})));
    const TrainedModel trained = load_model(folder / "run");
    const auto before = sets_of(problem.prepared);
    CHECK(sets_of(problem_for(trained, changed).prepared) == before);
    CHECK(sets_of(problem_for(trained, karate()).prepared) == before);
    Dataset without = karate();
    without.splits.clear();
    CHECK(sets_of(problem_for(trained, without).prepared) == before);
    const Dataset much = with_loops(changed);  // at the same place
    CHECK_FALSE(was_trained_on(trained, fingerprint(much), "elsewhere"));
    CHECK(sets_of(problem_for(trained, much, {}, {.path = "karate"}).prepared) == before);
  }
}

TEST_CASE("nodes outside of the component that was drawn from are in no part, and those in it stay in theirs") {
  Dataset data = karate();
  std::vector<NodePair> edges;
  for_each_edge(data.graph.view(), [&](Node i, Node j, Edge) {
    if (i != 0 && j != 0) edges.push_back({i, j});
  });
  data.graph = from_edges(34, edges);  // the nodes 0 and 11 are alone
  data.splits.clear();
  Settings settings = resolve({.model = "gat", .training = {.epochs = 2}});
  settings.data.largest_component = true;
  const Problem problem(prepare(data, {.largest_component = true, .split_random = "share:0.4,0.3"}), settings.model);
  complete(settings, problem);
  const TrainedModel trained = trained_model(problem, settings, train_seed(problem, settings, 1, 0, {}));
  const auto scored = [&](const Dataset& now, const DataChoice& choice) {
    const Prepared prepared = problem_for(trained, now, {}, choice).prepared;
    std::set<Node> nodes;
    for (const Node i : split_of(prepared, 1, 0).split.test)
      nodes.insert(prepared.source_node(i));
    return nodes;
  };
  const std::set<Node> before = scored(data, {});
  CHECK_FALSE(before.contains(11));
  CHECK(scored(data, {.largest_component = false}) == before);
  Dataset joined = data;
  edges.push_back({0, 11}), edges.push_back({11, 0}), edges.push_back({0, 1}), edges.push_back({1, 0});
  joined.graph = from_edges(34, edges);
  CHECK(scored(joined, {}) == before);
}

TEST_CASE("nodes that had no label in the training are test nodes where they have one") {
  Dataset data = karate();
  data.splits.clear();
  const std::vector<std::int32_t> labels = data.labels;
  for (std::size_t i = 5; i < 8; ++i)
    data.labels[i] = -1;
  Settings settings = resolve({.model = "gat", .training = {.epochs = 2}});
  const Problem problem(prepare(data, {.split_random = "share:0.5,0.5"}), settings.model);
  complete(settings, problem);
  const TrainedModel trained = trained_model(problem, settings, train_seed(problem, settings, 1, 0, {}));
  data.labels = labels;
  const Prepared now = problem_for(trained, data).prepared;
  CHECK(split_of(now, 1, 0).split.test == std::vector<Node>{5, 6, 7});
  CHECK(now.plan.in_words() == "the split of the model's training");
  CHECK(now.data.notes.back().ends_with("; the 3 that had no label then are in its test part"));
}

TEST_CASE("a given split that changed, or that has a validation part now, is no longer the model's") {
  Dataset data = karate();
  data.splits = {{.train = {0, 1, 2, 30, 31, 32, 33}, .validation = {}, .test = {5, 8, 9}}};
  const Settings settings = resolve({.model = "gat", .training = {.epochs = 2}});
  for (const double share : {0.0, 0.5}) {
    Problem problem(prepare(data, {.validation_share = share}), settings.model);
    const TrainedModel trained = trained_on_split(problem, settings);
    const auto before = sets_of(problem.prepared);
    const Prepared same = problem_for(trained, data).prepared;
    CHECK(sets_of(same) == before);
    CHECK(same.plan.in_words() == "given split 0");
    Dataset exchanged = data, more = data;
    std::swap(exchanged.splits[0].train, exchanged.splits[0].test);
    more.splits[0].validation = {3};
    for (const Dataset& now : {exchanged, more}) {
      const Prepared kept = problem_for(trained, now).prepared;
      CHECK(sets_of(kept) == before);
      CHECK(kept.plan.in_words() == "the split of the model's training");
      CHECK(kept.data.notes.back() == "the split is that of the model's training, by the numbers of the nodes");
    }
    // what is typed is followed
    CHECK(sets_of(problem_for(trained, exchanged, {}, {.split = "0"}).prepared)[0].contains(5));
  }
}

TEST_CASE("a training that begins with a model trains and scores what that one did, and says so itself") {
  const DataChoice choice{.data = "karate", .split_random = "share:0.4,0.2"};
  Settings settings = resolve({.model = "gat", .training = {.epochs = 2}, .data = choice, .seed = 3});
  Problem problem(prepare(settings.data), settings.model);
  problem.prepared.place = settings.data.path = "karate";
  const TrainedModel first = trained_on_split(problem, settings);
  const auto before = sets_of(problem.prepared);

  TrainRequest request{.training = {.epochs = 2}, .seed = 7};
  begin_with(first, request);
  Settings further = resolve(request);
  Problem second = problem_beginning_with(first, further);
  CHECK(sets_of(second.prepared) == before);
  complete(further, second);
  const TrainedModel model = trained_model(second, further, train_seed(second, further, 7, 0, {}));
  CHECK(model.data.split_seed == 3);
  const Prepared scored = problem_for(model, karate()).prepared;
  CHECK(sets_of(scored) == before);
  CHECK(scored.plan.in_words() == "random split share:0.4,0.2 of seed 3");

  // another place, where a feature changed, and then the labels, too
  const auto write_set = [](const test::TempFolder& folder, const std::string& first_features,
                            const std::string& first_label) {
    folder.write("edges.txt", "0 1\n");
    folder.write("features.csv", first_features + "2,1\n4,4\n3,9\n5,5\n8,1\n7,2\n2,2\n3,1\n0,6\n");
    folder.write("labels.txt", first_label + "b\na\na\nb\nb\na\nb\nb\na\n");
  };
  const test::TempFolder here, there;
  write_set(here, "1,2\n", "a\n");
  write_set(there, "1,3\n", "a\n");
  settings = resolve(
      {.training = {.epochs = 2}, .data = {.data = here.path().string(), .split_random = "share:0.4,0.2"}, .seed = 3});
  Problem small(prepare(settings.data), settings.model);
  const TrainedModel of_small = trained_on_split(small, settings);
  for (const char* label : {"a\n", "b\n"}) {
    write_set(label[0] == 'a' ? there : here, "1,3\n", label);
    request = {
        .training = {.epochs = 2}, .data = {.data = (label[0] == 'a' ? there : here).path().string()}, .seed = 8};
    begin_with(of_small, request);
    const Prepared prepared = problem_beginning_with(of_small, resolve(request)).prepared;
    CHECK(prepared.plan.seed == (label[0] == 'a' ? std::optional<std::uint64_t>(3) : std::nullopt));
    CHECK(sets_of(prepared) == sets_of(small.prepared));
  }
}

TEST_CASE("a seed that nobody typed is no hindrance to a share of 0") {
  Dataset data = karate();
  data.splits = {{.train = {0, 1, 2, 30, 31, 32, 33}, .validation = {}, .test = {5, 8, 9}}};
  const Settings settings =
      resolve({.model = "gat", .training = {.epochs = 2}, .data = {.split_seed = 5, .validation_share = 0.5}});
  Problem problem(prepare(data, settings.data), settings.model);
  const TrainedModel trained = trained_on_split(problem, settings);
  CHECK(trained.data.split_seed == 5);
  CHECK(sets_of(problem_for(trained, data, {}, {.validation_share = 0}).prepared)[0].size() == 7);
  CHECK_THROWS_WITH_AS(problem_for(trained, data, {}, {.split_seed = 6, .validation_share = 0}),
                       doctest::Contains("nothing is drawn"), ValueError);
}

TEST_CASE("parts that are no digits of five are refused") {
  for (const double wrong : {-1.0, 0.5, 9765625.0, std::nan("")})
    CHECK_THROWS_WITH_AS(unpacked(StoredTensor::from({1, 1}, {wrong})), doctest::Contains("split.parts"), ValueError);
  const SplitParts parts{SplitPart::test,       SplitPart::unlabelled, SplitPart::train,      SplitPart::none,
                         SplitPart::validation, SplitPart::unlabelled, SplitPart::unlabelled, SplitPart::unlabelled,
                         SplitPart::unlabelled, SplitPart::unlabelled, SplitPart::unlabelled};
  SplitParts back = unpacked(StoredTensor::from(packed(parts)));
  back.resize(parts.size());
  CHECK(back == parts);
}
