#include "mercer/experiment/node_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

Dataset named_karate() {
  Dataset data = karate();
  data.splits.clear();
  for (Index i = 0; i < data.nodes(); ++i)
    data.node_names.push_back("member " + std::to_string(100 - i));
  return data;
}

/// The same in another order.
Dataset shuffled(const Dataset& data) {
  std::vector<Node> order(static_cast<std::size_t>(data.nodes()));
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = static_cast<Node>((5 * i + 3) % order.size());
  return induced(data, order);
}

/// A model of seed 3 on these data, after a turn through its file.
TrainedModel trained_and_read(const Dataset& data, const DataChoice& choice = {.split_random = "share:0.4,0.2"}) {
  const test::TempFolder folder;
  Settings settings = resolve({.model = "gat", .training = {.epochs = 2}, .data = choice});
  Problem problem(prepare(data, choice), settings.model);
  problem.prepared.place = settings.data.data = "here";
  complete(settings, problem);
  save_model(folder / "run", trained_model(problem, settings, train_seed(problem, settings, 3, 0, {})));
  return load_model(folder / "run");
}

/// 't', 'v' or 's' of each name that is in a part.
std::map<std::string, char> parts_by_name(const Prepared& prepared) {
  const Split split = split_of(prepared, 3, 0).split;
  std::map<std::string, char> parts;
  for (const auto& [nodes, letter] :
       {std::pair{&split.train, 't'}, std::pair{&split.validation, 'v'}, std::pair{&split.test, 's'}})
    for (const Node i : *nodes)
      parts[prepared.data.node_names[static_cast<std::size_t>(i)]] = letter;
  return parts;
}

}  // namespace

TEST_CASE("nodes in another order keep their parts by their names, here and elsewhere") {
  const Dataset data = named_karate(), other = shuffled(data);
  const TrainedModel trained = trained_and_read(data);
  CHECK(trained.node_keys == keys_of(data.node_names));
  const auto before = parts_by_name(problem_for(trained, data).prepared);
  CHECK(before.size() == 34);
  CHECK_FALSE(was_trained_on(trained, fingerprint(other), "elsewhere"));
  CHECK(was_trained_on(in_order_of(trained, other), fingerprint(other), "elsewhere"));
  CHECK(difference(in_order_of(trained, other).fingerprint, fingerprint(other)).empty());
  Dataset changed = other;  // at the place of the model's data, with something changed, too
  changed.features = karate().features;
  const std::vector<std::pair<const Dataset*, std::string>> places{
      {&other, "elsewhere"}, {&other, "here"}, {&changed, "here"}, {&data, "here"}};
  for (const auto& [now, place] : places) {
    const Prepared prepared = problem_for(trained, *now, {}, {.path = place}).prepared;
    CHECK(parts_by_name(prepared) == before);
    CHECK(prepared.data.node_names == now->node_names);
    if (now != &data)
      CHECK(prepared.data.notes.back() ==
            "the split is that of the model's training, by the names of the nodes, which are in another order now");
  }
}

TEST_CASE("data without the labels of the training say that their nodes are in no part") {
  Dataset data = named_karate();
  const TrainedModel trained = trained_and_read(data);
  std::ranges::fill(data.labels, -1);
  data.class_names.clear();
  const Prepared prepared = problem_for(trained, data, {}, {.path = "here"}).prepared;
  REQUIRE(!prepared.data.notes.empty());
  CHECK(prepared.data.notes.back() ==
        "the split is that of the model's training, by the names of the nodes; the 34 that have no label now are in "
        "none of its parts");
}

TEST_CASE("of another graph it is known which of its nodes trained the model") {
  const Dataset data = named_karate();
  const TrainedModel trained = trained_and_read(data);
  const auto before = parts_by_name(problem_for(trained, data).prepared);
  const auto count = std::ranges::count_if(before, [](const auto& part) { return part.second == 't'; });
  CHECK(count_trained(trained, data.node_names) == count);
  CHECK(count_trained(trained, {"member 7", "nobody"}) == 0);

  Dataset part = shuffled(data);  // without two nodes
  std::vector<Node> kept(32);
  std::iota(kept.begin(), kept.end(), 2);
  part = induced(part, kept);
  const TrainedModel in_order = in_order_of(trained, part);
  CHECK(in_order.node_keys == keys_of(part.node_names));
  for (std::size_t i = 0; i < 32; ++i)
    CHECK((in_order.parts[i] == SplitPart::train) == (before.at(part.node_names[i]) == 't'));
  CHECK(count_trained(in_order, part.node_names) == count_trained(trained, part.node_names));

  Dataset strangers = shuffled(data);  // most of them
  for (std::size_t i = 0; i < 20; ++i)
    strangers.node_names[i] = "guest " + std::to_string(i);
  CHECK(in_order_of(trained, strangers).node_keys == trained.node_keys);
}

TEST_CASE("a new node in the place of another one is a test node, and names that count the nodes are none") {
  Dataset data = named_karate();
  const TrainedModel trained = trained_and_read(data);
  Dataset other = shuffled(data);
  other.node_names[4] = "a new one";
  const Prepared prepared = problem_for(trained, other, {}, {.path = "here"}).prepared;
  CHECK(parts_by_name(prepared).at("a new one") == 's');
  REQUIRE_FALSE(prepared.data.notes.empty());
  CHECK(prepared.data.notes.back().ends_with("the 1 that had no label then or were not there are in its test part"));
  for (std::size_t i = 0; i < data.node_names.size(); ++i)
    data.node_names[i] = std::to_string(i + 1);
  CHECK(trained_and_read(data).node_keys.empty());
}

TEST_CASE("nodes outside of the component that trained are in no part, by their names, too") {
  Dataset data = named_karate();
  std::vector<NodePair> edges;
  for_each_edge(data.graph.view(), [&](Node i, Node j, Edge) {
    if (i != 0 && j != 0) edges.push_back({i, j});
  });
  data.graph = from_edges(34, edges);  // 0, 11 and a group of five are outside
  const TrainedModel trained = trained_and_read(data, {.largest_component = true, .split_random = "share:0.4,0.2"});
  CHECK(trained.node_keys.size() == 34);
  const auto before = parts_by_name(problem_for(trained, data, {}, {.largest_component = false}).prepared);
  CHECK(before.size() == 27);
  CHECK(parts_by_name(problem_for(trained, shuffled(data), {}, {.largest_component = false}).prepared) == before);
}

TEST_CASE("keys come back from their numbers, and others are refused") {
  const NodeKeys keys = keys_of({"n00", "n01", "", "ä"});
  CHECK(unpacked_keys(StoredTensor::from(packed(keys))) == keys);
  CHECK(keys[0] != keys[1]);
  for (const double wrong : {-1.0, 0.5, 2097152.0})
    CHECK_THROWS_WITH_AS(unpacked_keys(StoredTensor::from({1, 3}, {0, wrong, 0})), doctest::Contains("split.names"),
                         ValueError);
  CHECK_THROWS_WITH_AS(unpacked_keys(StoredTensor::from({1, 2}, {0, 0})), doctest::Contains("rows of 3"), ValueError);
}

TEST_CASE("columns of the identity go by the names of the nodes") {
  Dataset data = named_karate();
  const DataChoice identity{.features = NodeFeatures::identity, .split_random = "share:0.4,0.2"};
  const TrainedModel trained = trained_and_read(data, identity);
  CHECK(trained.feature_names == data.node_names);
  const Dataset other = shuffled(data);
  const auto logits = [&](const Dataset& of) { return logits_of(trained.model, problem_for(trained, of)); };
  const Tensor before = logits(data), now = logits(other);
  for (Index i = 0; i < now.rows(); ++i) {
    const auto was = std::ranges::find(data.node_names, other.node_names[static_cast<std::size_t>(i)]);
    CHECK(now(i, 0) == doctest::Approx(before(was - data.node_names.begin(), 0)).epsilon(1e-5));
  }
  std::vector<Node> some(20);
  std::iota(some.begin(), some.end(), 5);
  CHECK(problem_for(trained, induced(other, some)).features() == 34);  // nodes that are not there have no row
  data.node_names[3] = "a guest";
  CHECK_THROWS_WITH_AS(problem_for(trained, data),
                       doctest::Contains("1 node is none of the model's, such as a guest: its features are a column"),
                       ValueError);
}

TEST_CASE("a graph without names takes the identity's columns by number, with a note") {
  const DataChoice identity{.features = NodeFeatures::identity, .split_random = "share:0.4,0.2"};
  Dataset data = named_karate(), other = shuffled(data);
  const TrainedModel trained = trained_and_read(data, identity);
  other.node_names.clear();
  CHECK(problem_for(trained, other).prepared.data.notes.back() ==
        "the features are a column for each node, by number, since these data have no names of nodes: row 0 is taken "
        "for row 0 of the training graph");
}

TEST_CASE("names that two nodes have say nothing of an order") {
  Dataset data = named_karate();
  data.node_names[7] = data.node_names[3];
  const TrainedModel trained = trained_and_read(data);
  CHECK(in_order_of(trained, data).parts == trained.parts);
  CHECK(in_order_of(trained, shuffled(data)).parts == trained.parts);
}
