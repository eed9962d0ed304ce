#include "mercer/data/fingerprint.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"

using namespace mercer;

TEST_CASE("a fingerprint is the same for the same data, whatever their name and notes") {
  Dataset data = karate();
  const Fingerprint before = fingerprint(data);
  CHECK(before.nodes == 34);
  CHECK(before.edges == 156);
  CHECK(before.features == 34);
  data.name = "another";
  data.notes.emplace_back("a note");
  CHECK(fingerprint(data) == before);
  CHECK(difference(before, fingerprint(data)).empty());
}

TEST_CASE("names of classes and features and the splits are parts of a fingerprint, where they are known") {
  Dataset data = karate();
  const Fingerprint before = fingerprint(data);
  data.splits.clear();
  CHECK(difference(before, fingerprint(data)) == "splits");
  data.class_names[0] += "!";
  CHECK(difference(before, fingerprint(data)) == "names of classes or features and splits");
  Fingerprint unknown = before;
  unknown.names = unknown.splits = 0;  // of a model file that doesn't have them
  CHECK(unknown == fingerprint(data));
  data.labels[5] = 1 - data.labels[5];
  CHECK_FALSE(unknown == fingerprint(data));
}

TEST_CASE("a fingerprint shows what changed") {
  const Dataset data = karate();
  const Fingerprint before = fingerprint(data);
  Dataset other = data;
  other.labels[5] = 1 - other.labels[5];
  CHECK(difference(before, fingerprint(other)) == "labels");
  CHECK(difference(before, fingerprint(with_loops(data))) == "edges");
  other = data;
  std::get<SparseMatrix>(other.features).value()[7] = Real(0.5);
  CHECK(difference(before, fingerprint(other)) == "features");
  const std::vector<Node> few{0, 1, 2, 3};
  CHECK(difference(before, fingerprint(induced(data, few))) ==
        "number of nodes and edges and features and labels and splits");
}

namespace {

Dataset with_other_labels(Dataset of) {
  for (std::int32_t& label : of.labels)
    label = 1 - label;
  return of;
}

/// The karate club with features that say something of its nodes.
Dataset club_with_features() {
  Dataset data = karate();
  Tensor x(34, 2);
  for (Index i = 0; i < 34; ++i)
    x.row(i)[i % 2] = static_cast<Real>(i);
  data.features = std::move(x);
  return data;
}

}  // namespace

TEST_CASE("data of which one thing changed keep their nodes; another graph of as many nodes has others") {
  const Dataset data = club_with_features();
  const Fingerprint before = fingerprint(data);
  const auto other_features = [](Dataset of) {
    of.features = Tensor::filled(34, 2, 3);
    return of;
  };
  CHECK(same_nodes(before, fingerprint(with_other_labels(data))));
  CHECK(same_nodes(before, fingerprint(other_features(data))));
  CHECK(same_nodes(before, fingerprint(with_loops(data))));
  CHECK_FALSE(same_nodes(before, fingerprint(with_other_labels(other_features(with_loops(data))))));
  CHECK_FALSE(same_nodes(before, fingerprint(with_other_labels(other_features(data)))));
  CHECK_FALSE(same_nodes(before, fingerprint(with_other_labels(with_loops(data)))));
  CHECK_FALSE(same_nodes(before, fingerprint(other_features(with_loops(data)))));
  CHECK_FALSE(same_nodes(before, fingerprint(induced(data, std::vector<Node>{0, 1, 2}))));
  // the identity, or no features, beside edges or labels that say something
  Dataset bare = karate();
  CHECK(same_nodes(fingerprint(bare), fingerprint(with_loops(bare))));
  CHECK(same_nodes(fingerprint(bare), fingerprint(with_other_labels(bare))));
  bare.features = Tensor();
  CHECK(same_nodes(fingerprint(bare), fingerprint(with_loops(bare))));
  CHECK(same_nodes(fingerprint(bare), fingerprint(with_other_labels(bare))));
}

TEST_CASE("names of nodes say which they are, but numbers in order don't") {
  Dataset named = club_with_features(), other = with_loops(with_other_labels(club_with_features()));
  const auto name = [&](const auto& name_of) {
    named.node_names.clear();
    for (int i = 0; i < 34; ++i)
      named.node_names.push_back(name_of(i));
    other.node_names = named.node_names;
    other.features = Tensor::filled(34, 1, 1);
    return same_nodes(fingerprint(named), fingerprint(other));
  };
  CHECK_FALSE(name([](int i) { return "Ann" + std::to_string(i); }));
  other.labels = named.labels;
  CHECK(name([](int i) { return "Ann" + std::to_string(i); }));
  CHECK_FALSE(name([](int i) { return std::to_string(i + 1); }));
  CHECK_FALSE(name([](int i) { return std::to_string(i); }));
  CHECK(name([](int i) { return std::to_string(2 * i); }));
  CHECK(fingerprint(named) == fingerprint(club_with_features()));
}

TEST_CASE("what made graphs have in common doesn't make them one") {
  Dataset a = club_with_features(), b = with_loops(club_with_features());
  const auto set = [&](const Features& features, const auto& label_of) {
    for (Dataset* data : {&a, &b}) {
      data->features = features;
      for (std::size_t i = 0; i < 34; ++i)
        data->labels[i] = label_of(i);
    }
    return same_nodes(fingerprint(a), fingerprint(b));
  };
  const auto in_runs = [](std::size_t i) { return i < 20 ? 1 : 0; };
  const auto in_turn = [](std::size_t i) { return static_cast<std::int32_t>(i % 2); };
  const Tensor constant = Tensor::filled(34, 2, 1);
  for (const Features& features :
       {Features(constant), Features(SparseMatrix::from_dense(constant)), karate().features}) {
    CHECK_FALSE(set(features, in_runs));
    CHECK_FALSE(set(features, in_turn));
  }
  CHECK(set(club_with_features().features, in_runs));
  CHECK(set(constant, [](std::size_t i) { return i < 9 || i == 20 ? 1 : 0; }));

  // sequences, sorted by their classes
  for (Dataset* data : {&a, &b}) {
    data->graph = Csr(34, 34, std::vector<Edge>(35, 0), {});
    data->item_offset = {0, 10, 20, 34};
    data->labels = {0, 0, 1};
  }
  a.features = Tensor::filled(34, 1, 1);
  CHECK_FALSE(same_nodes(fingerprint(a), fingerprint(b)));
  a.features = b.features = club_with_features().features;
  b.labels = {1, 0, 1};
  CHECK(same_nodes(fingerprint(a), fingerprint(b)));
}

TEST_CASE("weights of edges count where there are any") {
  Dataset data = karate();
  const Fingerprint before = fingerprint(data);
  data.edge_weights.assign(static_cast<std::size_t>(data.graph.edges()), 2);
  CHECK(difference(before, fingerprint(data)) == "edges");
}

TEST_CASE("every graph of one edge has a fingerprint of its own") {
  std::set<std::uint64_t> all;
  for (Node i = 0; i < 40; ++i)
    for (Node j = 0; j < 40; ++j) {
      Dataset data;
      data.graph = from_edges(40, std::vector<NodePair>{{i, j}});
      all.insert(fingerprint(data).graph);
    }
  CHECK(all.size() == 1600);
}

TEST_CASE("a source that moves to the next row changes the fingerprint") {
  for (Node i = 1; i < 200; ++i) {
    Dataset a, b;
    a.graph = from_edges(200, std::vector<NodePair>{{i - 1, i - 1}, {i - 1, i ^ 1}, {i, i}});
    b.graph = from_edges(200, std::vector<NodePair>{{i - 1, i - 1}, {i, i ^ 1}, {i, i}});
    CHECK(fingerprint(a).graph != fingerprint(b).graph);
  }
}

TEST_CASE("edges of other rows give another fingerprint, though their sources are the same in order") {
  Dataset a, b;
  a.graph = Csr(3, 3, {0, 2, 2, 3}, {0, 1, 2});
  b.graph = Csr(3, 3, {0, 1, 3, 3}, {0, 1, 2});
  CHECK(fingerprint(a).graph != fingerprint(b).graph);
}

TEST_CASE("dense and sparse features of the same values have one fingerprint") {
  Dataset sparse = karate(), dense = sparse;
  const auto& x = std::get<SparseMatrix>(sparse.features);
  Tensor values(x.rows(), x.columns());
  for (Index i = 0; i < x.rows(); ++i)
    for (Edge e = x.view().offset[i]; e < x.view().offset[i + 1]; ++e)
      values.row(i)[x.view().column[e]] = x.view().value[e];
  dense.features = std::move(values);
  CHECK(fingerprint(dense) == fingerprint(sparse));
}

TEST_CASE("the fingerprint of an empty data set is defined") {
  CHECK(fingerprint(Dataset()) == fingerprint(Dataset()));
  CHECK(fingerprint(Dataset()).nodes == 0);
}

TEST_CASE("fingerprints are constant, because model files hold them") {
  const Fingerprint club = fingerprint(karate());
  CHECK(club.graph == 0x9c23472350629342u);
  CHECK(club.feature_values == 0xf5389b540fa7871fu);
  CHECK(club.labels == 0x6ae4d9853a1f6914u);
}

TEST_CASE("built-in data sets load by name, others by their path, and an unknown one is refused") {
  for (const BuiltInDataset& built_in : built_in_datasets())
    CHECK(load_dataset(built_in.name).nodes() > 0);
  CHECK_THROWS_AS(load_dataset("no-such-data"), FileError);
}

TEST_CASE("a data set is named after its path without the prefixes of its files") {
  CHECK(dataset_name("datasets/planetoid/ind.cora") == "cora");
  CHECK(dataset_name("amazon_photo.npz") == "amazon_photo");
  CHECK(dataset_name("cora") == "cora");
  CHECK(dataset_name("") == "");
}
