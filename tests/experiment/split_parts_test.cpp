#include "mercer/experiment/split_parts.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;

TEST_CASE("data of which something changed have the split of the training, whatever it was drawn by") {
  const auto sets_of = [](const Prepared& prepared) {
    Index index = 0;
    const Split split = split_of(prepared, 3, 0, index);
    std::vector<std::set<Node>> sets(3);
    for (const auto& [nodes, set] :
         {std::pair{&split.train, &sets[0]}, {&split.validation, &sets[1]}, {&split.test, &sets[2]}})
      for (const Node i : *nodes)
        set->insert(prepared.source_node(i));
    return sets;
  };
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
    Index index = 0;
    std::set<Node> nodes;
    for (const Node i : split_of(prepared, 1, 0, index).test)
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
  Index index = 0;
  CHECK(split_of(now, 1, 0, index).test == std::vector<Node>{5, 6, 7});
  CHECK(now.plan.in_words() == "the split of the model's training");
  CHECK(now.data.notes.back().ends_with("; the 3 that had no label then are in its test part"));
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
