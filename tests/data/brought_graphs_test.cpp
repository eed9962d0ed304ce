// What a user brings is used, refused by name, or noted: nothing is silently wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "data/formats/gnn_benchmark.hpp"
#include "data/formats/heterophilous.hpp"
#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/data/write.hpp"
#include "mercer/graph/build.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::TempFolder;
using test::Texts;

namespace {

/// A ring of three nodes of two features and a label.
const Texts ring_of_three{{"edges.csv", "source,target\n0,1\n1,2\n2,0\n"},
                          {"features.csv", "a,b\n1,2\n3,4\n5,6\n"},
                          {"labels.txt", "x\ny\nx\n"}};

Dataset read_brought(Texts files, std::initializer_list<const char*> without = {}, bool with_ring = true) {
  if (with_ring) files.insert(ring_of_three.begin(), ring_of_three.end());
  for (const char* name : without)
    files.erase(name);
  return read_texts(files);
}

std::string name_of_label(const Dataset& data, std::size_t i) {
  return data.class_names.at(static_cast<std::size_t>(data.labels.at(i)));
}

Dataset read_archive_of(const test::Members& members) {
  const TempFolder folder;
  test::write_zip(folder.path() / "a.npz", members);
  return read_dataset(folder.path() / "a.npz");
}

std::string doubles(const std::string& shape, const std::vector<double>& values) {
  return test::npy("<f8", shape, test::raw(values));
}

Real weight_between(const Dataset& data, Node i, Node j) {
  Real weight = 0;
  for_each_edge(data.graph.view(), [&](Node row, Node column, Edge e) {
    if (row == i && column == j) weight = data.edge_weights.at(static_cast<std::size_t>(e));
  });
  return weight;
}

const Texts ogb_of_three{{"raw/num-node-list.csv", "3\n"},
                         {"raw/edge.csv", "0,1\n1,2\n0,1\n"},
                         {"raw/node-feat.csv", "1,2\n3,4\n5,6\n"},
                         {"raw/node-label.csv", "0\n1\n0\n"}};

Dataset read_ogb_of(Texts files, std::initializer_list<const char*> without = {}) {
  files.insert(ogb_of_three.begin(), ogb_of_three.end());
  return read_brought(std::move(files), without, false);
}

}  // namespace

TEST_CASE("OGB's edge-feat.csv is read in the order of edge.csv; other tables are named") {
  const Dataset data = read_ogb_of({{"raw/edge-feat.csv", "0.5,1\n2,3\n4,5\n"}, {"raw/node_year.csv", "1\n1\n1\n"}});
  REQUIRE(data.edge_features.columns() == 2);
  for_each_edge(data.graph.view(), [&](Node i, Node, Edge e) {
    CHECK(data.edge_features(e, 0) == (i == 1 ? Real(2.25) : Real(2)));  // 0 -> 1 stands twice
  });
  CHECK(has_note(data, "edge-feat.csv is read as 2 features of the edges"));
  CHECK(has_note(data, "not read: node_year.csv"));
  CHECK_THROWS_WITH_AS(read_ogb_of({{"raw/edge-feat.csv", "1\n2\n"}}), doctest::Contains("got 2 lines, want 3"),
                       FileError);
  const Dataset bare = read_ogb_of({{"raw/edge-feat.csv", "1\n2\n3\n"}}, {"raw/node-feat.csv"});
  CHECK(bare.feature_count() == 0);
  CHECK(has_note(bare, "there are no features: node-feat.csv would give them"));
}

TEST_CASE("numbers that lose digits are noted in every form of file") {
  CHECK(has_note(read_ogb_of({{"raw/node-feat.csv", "16777217,2\n3,4\n5,6\n"}}),
                 "node-feat.csv: column 1: numbers are kept"));
  CHECK(has_note(read_brought({{"features.svmlight", "1:16777217 2:1\n1:2\n2:1\n"}}, {"features.csv"}),
                 "features.svmlight: numbers are kept to 24 binary digits"));
  const TempFolder folder;
  folder.write("g.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n2 1 16777217\n");
  folder.write("g.graph", "2 1 001\n2 16777217\n1 16777217\n");
  for (const char* name : {"g.mtx", "g.graph"}) {
    const Dataset data = read_dataset(folder.path() / name);
    CHECK(has_note(data, std::string(name) + ": numbers are kept to 24 binary digits"));
    CHECK(has_note(data, "are read as the weights of the edges"));
  }
}

TEST_CASE("archives: members of edges are read by their usual names, others are named") {
  const auto with_member = [](const std::string& name, const std::string& bytes) {
    return read_archive_of(test::with(test::small_gnn_benchmark(), name + ".npy", bytes));
  };
  const Dataset features = with_member("edge_attr", doubles("(4, 1)", {1, 2, 3, 4}));
  CHECK(features.edge_features.columns() == 1);
  CHECK(has_note(features, "'edge_attr' is read as the features of the edges"));
  const Dataset other = with_member("other", doubles("(2,)", {1, 2}));
  CHECK(has_note(other, "'other' is not read"));
  test::Members members = test::with(test::small_gnn_benchmark(), "edge_weight.npy", doubles("(4,)", {2, 3, 4, 5}));
  CHECK(has_note(read_archive_of(members), "'edge_weight'"));
  members = test::with(members, "adj_data.npy", doubles("(4,)", {1, 1, 1, 1}));
  const Dataset weighted = read_archive_of(members);
  CHECK(has_note(weighted, "'edge_weight' is read as the weights of the edges"));
  CHECK(weighted.edge_weights.size() == 4);
  CHECK_THROWS_WITH_AS(
      read_archive_of(test::with(members, "edge_weight.npy", doubles("(4,)", {2, 3, std::nan(""), 5}))),
      doctest::Contains("edge 2: the weight is nan"), FileError);
  CHECK_THROWS_WITH_AS(with_member("edge_features", doubles("(4, 2)", {1, 2, 3, std::nan(""), 5, 6, 7, 8})),
                       doctest::Contains("row 1, column 1: got nan"), FileError);
}

TEST_CASE("archives: dense features of any type, and labels that are words") {
  test::Members members = test::small_gnn_benchmark();
  for (const char* name : {"attr_data.npy", "attr_indices.npy", "attr_indptr.npy", "attr_shape.npy"})
    members = test::without(members, name);
  CHECK(has_note(read_archive_of(members), "there are no features: a member attr_matrix would give them"));
  const auto dense = [&](const std::string& type, const std::string& bytes) {
    return read_archive_of(test::with(members, "attr_matrix.npy", test::npy(type, "(4, 2)", bytes)));
  };
  CHECK(dense("<f8", test::raw<double>({1, 2, 3, 4, 5, 6, 7, 8})).feature_count() == 2);
  CHECK(dense("<f2", test::raw<std::uint16_t>({0x3C00, 0, 0, 0, 0, 0, 0, 0x3800})).feature_count() == 2);
  CHECK(dense("|b1", std::string("\1\0\1\1\0\0\1\1", 8)).feature_count() == 2);
  CHECK(dense("<i8", test::raw<std::int64_t>({1, 2, 3, 4, 5, 6, 7, 8})).feature_count() == 2);

  test::Members words = test::with(test::small_gnn_benchmark(), "labels.npy",
                                   test::npy("<U1", "(4,)", test::raw<char32_t>({U'b', U'a', U'b', U'a'})));
  const Dataset named = read_archive_of(words);
  CHECK(named.class_names == std::vector<std::string>{"a", "b"});
  CHECK(named.labels == std::vector<std::int32_t>{1, 0, 1, 0});
  CHECK(has_note(named, "'class_names' is not read"));
}

TEST_CASE("heterophilous archives: facts of the edges go both ways where these are symmetrised") {
  test::Members members = test::small_heterophilous();
  const Dataset plain = symmetrised(read_archive_of(members));
  const auto edges = read_archive_of(members).edge_list.size();
  std::vector<double> weights;
  for (std::size_t e = 0; e < edges; ++e)
    weights.push_back(static_cast<double>(e + 2));
  members = test::with(members, "edge_weights.npy", doubles("(" + std::to_string(edges) + ",)", weights));
  const Dataset data = symmetrised(read_archive_of(members));
  CHECK(data.graph == plain.graph);
  REQUIRE(!data.edge_weights.empty());
  for_each_edge(data.graph.view(), [&](Node i, Node j, Edge e) {
    CHECK(data.edge_weights[static_cast<std::size_t>(e)] == weight_between(data, j, i));
  });
}

TEST_CASE("heterophilous archives: edges that stand in both directions keep the facts of each") {
  test::Members members = test::small_heterophilous();
  members = test::with(members, "edges.npy",
                       test::npy("<i8", "(5, 2)", test::raw<std::int64_t>({0, 1, 1, 2, 1, 0, 2, 1, 3, 3})));
  CHECK(read_archive_of(members).edge_list.size() == 5);
  const Dataset weighted = read_archive_of(test::with(members, "edge_weight.npy", doubles("(5,)", {2, 3, 4, 5, 6})));
  CHECK(weighted.graph == read_archive_of(members).graph);
  CHECK(weighted.edge_counts.empty());
  CHECK(weight_between(weighted, 1, 0) == 2);
  CHECK(weight_between(weighted, 0, 1) == 4);
  CHECK(weight_between(weighted, 3, 3) == 6);
  const Dataset featured =
      read_archive_of(test::with(members, "edge_features.npy", doubles("(5, 1)", {2, 3, 4, 5, 6})));
  CHECK(std::ranges::equal(featured.edge_features.values(), std::vector<Real>{4, 2, 5, 3, 6}));
}

TEST_CASE("archives: edges that repeat are counted, with a note") {
  const std::string twice = test::npy("<i8", "(4, 2)", test::raw<std::int64_t>({0, 1, 2, 1, 0, 1, 3, 3}));
  const Dataset listed = read_archive_of(test::with(test::small_heterophilous(), "edges.npy", twice));
  CHECK(listed.edge_counts == std::vector<std::int32_t>{2, 1, 1});
  CHECK(has_note(listed, "1 repeated edges are merged"));
  CHECK(with_repeats(symmetrised(listed)).graph.edges() == 7);
  const std::string columns = test::npy("<i4", "(4,)", test::raw<std::int32_t>({1, 1, 2, 3}));
  const Dataset rows = read_archive_of(test::with(test::small_gnn_benchmark(), "adj_indices.npy", columns));
  CHECK(rows.edge_counts == std::vector<std::int32_t>{2, 1, 1});
  CHECK(has_note(rows, "1 repeated edges are merged"));
}

TEST_CASE("tables without ids beside a table with ids that stand in another order: a note says how they are taken") {
  const char* in_order = "no ids: the lines are taken in the order of labels.csv";
  const Texts gaps{{"edges.csv", "source,target\n10,50\n50,70\n70,10\n"},
                   {"labels.csv", "id,label\n70,x\n10,y\n50,z\n"}};
  const Dataset named = read_brought(gaps, {"labels.txt"});
  CHECK(has_note(named, in_order));
  CHECK(named.node_names == std::vector<std::string>{"70", "10", "50"});
  const Dataset numbers = read_brought({{"labels.csv", "id,label\n2,x\n0,y\n1,z\n"}}, {"labels.txt"});
  CHECK(has_note(numbers, "no ids: the lines are taken as the nodes 0, 1 …, not in the order of labels.csv"));
  CHECK(name_of_label(numbers, 2) == "x");
  CHECK(!has_note(read_brought({{"labels.csv", "id,label\n0,x\n1,y\n2,z\n"}}, {"labels.txt"}), "no ids"));
  const Dataset both = read_brought({{"edges.csv", gaps.at("edges.csv")},
                                     {"labels.csv", gaps.at("labels.csv")},
                                     {"features.csv", "id,a\n10,1\n50,2\n70,3\n"}},
                                    {"labels.txt"});
  CHECK(!has_note(both, "no ids"));
  CHECK(name_of_label(both, 0) == "y");
}

TEST_CASE("ids are compared as numbers where they are 1 … n, else as they are written, with a hint") {
  const Dataset data = read_brought({{"edges.csv", "source,target\n1,02\n2,3\n03,1\n"},
                                     {"features.csv", "id,a\n01,1\n02,3\n03,5\n"},
                                     {"labels.csv", "id,label\n1,x\n2,y\n3,x\n"}},
                                    {"labels.txt"});
  CHECK(data.graph == from_edges(3, std::vector<NodePair>{{1, 0}, {2, 1}, {0, 2}}));
  CHECK_THROWS_WITH_AS(
      read_brought({{"edges.csv", "source,target\n1,2\n"}, {"nodes.csv", "id,a,label\n01,1,x\n02,3,y\n"}},
                   {"features.csv", "labels.txt"}),
      doctest::Contains("'1' is not among the names of nodes.csv: '01' is"), FileError);
}

TEST_CASE("y beside x is the label where nothing else is") {
  const Texts nodes{{"nodes.csv", "id,x,y\n0,1,0\n1,2,1\n2,3,1\n"}};
  const Dataset label = read_brought(nodes, {"features.csv", "labels.txt"});
  CHECK(label.classes() == 2);
  CHECK(label.feature_count() == 1);
  CHECK(has_note(label, "nodes.csv: y is read as the label"));
  const Dataset coordinate = read_brought(nodes, {"features.csv"});
  CHECK(coordinate.feature_count() == 2);
  CHECK(coordinate.class_names == std::vector<std::string>{"x", "y"});
}

TEST_CASE("a comment that names the columns is the header") {
  const Dataset data = read_brought({{"edges.csv", "# target source weight\n0 1 5\n1 2 6\n2 0 7\n"},
                                     {"features.csv", "# id,a,b\n2,1,2\n0,3,4\n1,5,6\n"}});
  CHECK(weight_between(data, 0, 1) == 5);
  CHECK(data.feature_names == std::vector<std::string>{"a", "b"});
  CHECK(std::get<Tensor>(data.features)(2, 0) == 1);
  CHECK(has_note(data, "features.csv: the comment # id, a, b is read as the header"));
  CHECK(has_note(data, "edges.csv: the comment # target, source, weight is read as the header"));
}

TEST_CASE("a single label of several reads back, from text and from an archive") {
  Dataset data = read_brought({{"labels.csv", "# task: multi-label\nnode,z\n0,1\n1,0\n2,1\n"}}, {"labels.txt"});
  const TempFolder folder;
  write_dataset(data, folder.path() / "text");
  write_archive(data, folder.path() / "a.npz");
  for (const Dataset& copy : {data, read_dataset(folder.path() / "text"), read_dataset(folder.path() / "a.npz")}) {
    CHECK(copy.label_kind == LabelKind::several);
    CHECK(copy.class_names == std::vector<std::string>{"z"});
    CHECK(max_abs_difference(copy.targets, Tensor::from({{1}, {0}, {1}})) == 0);
  }
}

TEST_CASE("names of edges' features that a header can't hold are changed one by one, with a note") {
  Dataset data = read_brought({{"edges.csv", "source,target,weight,time,len\n0,1,2,1,1\n1,2,1,5,6\n2,0,1,1,1\n"}});
  data.edge_feature_names = {"label", "time span"};
  const TempFolder folder;
  write_dataset(data, folder.path() / "text");
  const Dataset copy = read_dataset(folder.path() / "text");
  CHECK(copy.edge_feature_names == std::vector<std::string>{"feature_1", "time span"});
  const std::vector<std::string> lost = lost_in_text(data);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].find("'label' is named feature_1") != std::string::npos);
}

TEST_CASE("classes that no node has are left out of text, with a note") {
  Dataset data = read_brought({});
  CHECK(lost_in_text(data).empty());
  data.class_names.emplace_back("nobody's");
  CHECK(lost_in_text(data) ==
        std::vector<std::string>{"classes that no node has are left out: nobody's; a .npz keeps them"});
  const TempFolder folder;
  write_archive(data, folder.path() / "a.npz");
  CHECK(read_dataset(folder.path() / "a.npz").class_names == data.class_names);
}

TEST_CASE("weights of repeated edges are shared among their lines, with the same sum to the bit") {
  Dataset data =
      read_brought({{"edges.csv", "source,target,weight\n0,1,2\n0,1,3\n1,2,0.1\n1,2,0.2\n1,2,0.4\n2,0,1\n"}});
  const TempFolder folder;
  write_dataset(data, folder.path() / "text");
  const std::string text = test::bytes_of(folder.path() / "text" / "edges.txt");
  CHECK(text.find("0 1 2.5\n0 1 2.5\n") != std::string::npos);
  CHECK(read_dataset(folder.path() / "text").edge_weights == data.edge_weights);

  data.edge_weights.assign(data.edge_weights.size(), 1);  // sums of several can be 1
  write_archive(data, folder.path() / "a.npz");
  const Dataset copy = read_dataset(folder.path() / "a.npz");
  CHECK(copy.edge_weights == data.edge_weights);
  CHECK(copy.edge_counts == data.edge_counts);
}

TEST_CASE("weights of 1 tell something where edges repeat: archive, text and archive have the same weights") {
  const TempFolder folder;
  Dataset data = karate();
  const auto edges = static_cast<std::size_t>(data.graph.edges());
  data.edge_counts.assign(edges, 1);
  data.edge_weights.assign(edges, 1);
  data.edge_counts[3] = 2;
  for (const Real weight : {Real(2), Real(1), Real(0.25)}) {
    data.edge_weights[3] = weight;
    const auto name = [&](const char* form) { return folder.path() / (std::to_string(weight) + form); };
    write_archive(data, name("a.npz"));
    write_dataset(read_dataset(name("a.npz")), name("text"));
    const Dataset text = read_dataset(name("text"));
    CHECK(text.edge_weights == data.edge_weights);
    write_archive(text, name("b.npz"));
    CHECK(read_dataset(name("b.npz")).edge_weights == data.edge_weights);
    CHECK(read_dataset(name("b.npz")).edge_counts == data.edge_counts);
  }
}

TEST_CASE("control characters in names are escaped once for all where they are read") {
  const auto texts = [](const std::u32string& items, int width, int count) {
    return test::npy("<U" + std::to_string(width), "(" + std::to_string(count) + ",)",
                     test::raw(std::vector<char32_t>(items.begin(), items.end())));
  };
  const Dataset data = read_archive_of(
      test::with(test::small_gnn_benchmark(), "class_names.npy", texts(std::u32string(U"a\nb\x1b", 4) + U"[m", 3, 2)));
  CHECK(data.class_names == std::vector<std::string>{"a\\x0ab", "\\x1b[m"});
  CHECK(has_note(data, "names of classes: 2 hold control characters"));
}
