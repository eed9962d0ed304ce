// Files that are a graph alone, and Geom-GCN's text files.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"
#include "support/npz_writer.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

Dataset read_graph(const std::string& name, const std::string& text) {
  const TempFolder folder;
  return read_dataset(folder.write(name, text));
}

void refused_graph(const std::string& name, const std::string& text, const char* why) {
  CAPTURE(std::string(why));
  CHECK_THROWS_WITH_AS(read_graph(name, text), doctest::Contains(why), FileError);
}

const Csr path_of_three = from_edges(3, std::vector<NodePair>{{0, 1}, {1, 0}, {1, 2}, {2, 1}});

Dataset geom_gcn(const std::string& nodes, const std::string& edges) {
  const TempFolder folder;
  folder.write("out1_node_feature_label.txt", nodes);
  folder.write("out1_graph_edges.txt", edges);
  return read_dataset(folder.path());
}

}  // namespace

TEST_CASE("METIS: neighbours from 1, with weights of nodes and edges on request") {
  const Dataset plain = read_graph("g.graph", "% a comment\n3 2\n2\n1 3\n2\n");
  CHECK(plain.graph == path_of_three);
  CHECK(plain.format == "metis");
  CHECK(plain.name == "g");
  CHECK(plain.feature_count() == 0);
  CHECK(plain.notes.size() == 1);
  const Dataset weighted = read_graph("g.graph", "3 2 011 2\n7 7 2 5\n7 7 1 5 3 6\n7 7 2 6\n");
  CHECK(weighted.graph == path_of_three);
  CHECK(weighted.edge_weights == std::vector<Real>{5, 5, 6, 6});
  CHECK(read_graph("g.graph.gz", test::gzipped("3 2\n2\n1 3\n2\n")).graph == path_of_three);
  CHECK(read_graph("g.graph", "3 1\n2\n1\n\n").nodes() == 3);  // the last node has no neighbours
  refused_graph("g.graph", "3 2\n2\n1 4\n2\n", "g.graph: line 3: got '4', want a neighbour, 1 … 3");
  refused_graph("g.graph", "3 2\n2\n1 3\n", "got lines of 2 nodes, want 3");
  refused_graph("g.graph", "3 2\n2\n1 3\n2\n1\n", "line 5: got a line more than the 3 nodes");
  refused_graph("g.graph", "3 2 5\n", "got the format '5'");
  refused_graph("g.graph", "3 2 001\n2 5\n1 5 3 6\n2 7\n",
                "g.graph: line 3: the edge to 3 has the weight 6.000000, and 7.000000 in the line of that node");
}

TEST_CASE("Matrix Market: an entry (i, j) is an edge from i to j") {
  const Dataset general =
      read_graph("g.mtx", "%%MatrixMarket matrix coordinate pattern general\n% why\n3 3 2\n1 2\n2 3\n");
  CHECK(general.graph == from_edges(3, std::vector<NodePair>{{1, 0}, {2, 1}}));
  const Dataset symmetric =
      read_graph("g.mtx", "%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n2 1 0.5\n3 2 4\n");
  CHECK(symmetric.graph == path_of_three);
  CHECK(symmetric.edge_weights == std::vector<Real>{Real(0.5), Real(0.5), 4, 4});
  const std::string apart =
      "%%MatrixMarket matrix coordinate pattern general\n\n% why\n3 3 2\n% one\n1 2\n\n% two\n2 3\n";
  CHECK(read_graph("g.mtx", apart).graph == general.graph);
  refused_graph("g.mtx", "3 3 2\n1 2\n", "line 1: want %%MatrixMarket matrix coordinate");
  refused_graph("g.mtx", "%%MatrixMarket matrix coordinate complex general\n1 1 0\n", "want pattern, real or integer");
  refused_graph("g.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 2 1\n1 1\n", "not square");
  refused_graph("g.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 1\n4 1\n",
                "line 3: got '4', want a row, 1 … 3");
  refused_graph("g.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 2\n1 1\n", "got 1 entries, want 2");
}

TEST_CASE("an edge list alone, as SNAP writes it") {
  const Dataset data = read_graph("web.txt", "# Directed graph: web.txt\n# FromNodeId\tToNodeId\n0\t1\n1\t2\n");
  CHECK(data.graph == from_edges(3, std::vector<NodePair>{{1, 0}, {2, 1}}));
  CHECK(data.directed);
  CHECK(data.format == "edge-list");
  CHECK(read_graph("web.csv.gz", test::gzipped("source,target\n0,1\n1,2\n")).nodes() == 3);
  refused_graph("web.txt", "0 1\n0\n", "web.txt: line 2: got 1 fields, want 2: source and target");
}

TEST_CASE("Geom-GCN's text: values or indices of features, nodes in any order") {
  const std::string edges = "node_id\tnode_id\n0\t1\n1\t2\n";
  const Dataset values = geom_gcn("node_id\tfeature\tlabel\n1\t0,1\t3\n0\t1,1\t2\n2\t1,0\t3\n", edges);
  CHECK(values.format == "geom-gcn");
  CHECK(values.graph == from_edges(3, std::vector<NodePair>{{1, 0}, {2, 1}}));
  CHECK(values.labels == std::vector<std::int32_t>{0, 1, 1});
  CHECK(values.class_names == std::vector<std::string>{"2", "3"});
  CHECK(std::get<Tensor>(values.features)(1, 0) == 0);
  const Dataset indices = geom_gcn("node_id\tfeature\tlabel\n0\t1,3\t0\n1\t7\t1\n2\t0,3,4\t0\n", edges);
  CHECK(indices.feature_count() == 8);
  CHECK_THROWS_WITH_AS(geom_gcn("node_id\tfeature\tlabel\n0\t1,1\t2\n2\t1,0\t3\n", edges),
                       doctest::Contains("line 3: got the node 2, want each of 0 … 1 once"), FileError);
}

TEST_CASE("Geom-GCN's splits are read in the order of their numbers; other files are named") {
  const TempFolder folder;
  folder.write("out1_node_feature_label.txt", "node_id\tfeature\tlabel\n0\t0,1\t3\n1\t1,1\t2\n2\t1,0\t3\n");
  folder.write("out1_graph_edges.txt", "node_id\tnode_id\n0\t1\n1\t2\n");
  const auto mask = [](Index node) {
    std::vector<std::int64_t> bits(3, 0);
    bits[static_cast<std::size_t>(node)] = 1;
    return test::npy("<i8", "(3,)", test::raw(bits));
  };
  for (const Index number : {10, 2, 1}) {
    const Index k = number % 3;
    test::write_zip(
        folder.path() / ("web_split_0.6_0.2_" + std::to_string(number) + ".npz"),
        {{"train_mask.npy", mask(k)}, {"val_mask.npy", mask((k + 1) % 3)}, {"test_mask.npy", mask((k + 2) % 3)}});
  }
  folder.write("other.npz", "");
  const Dataset data = read_dataset(folder.path());
  REQUIRE(data.splits.size() == 3);
  CHECK(data.splits[0].train == std::vector<Node>{1});  // _1, _2, _10
  CHECK(data.splits[1].train == std::vector<Node>{2});
  CHECK(data.splits[2].train == std::vector<Node>{1});
  CHECK(data.splits[2].test == std::vector<Node>{0});
  CHECK(std::ranges::count(
            data.notes, "other.npz is not read: splits are files NAME_split_0.6_0.2_0.npz … of the same folder") == 1);
  CHECK(std::ranges::count(data.notes, "web_split_0.6_0.2_1.npz is split 0") == 1);
  test::write_zip(folder.path() / "web_split_0.6_0.2_0.npz", {{"train.npy", mask(0)}});
  CHECK_THROWS_WITH_AS(read_dataset(folder.path()),
                       doctest::Contains("web_split_0.6_0.2_0.npz: has no member 'train_mask'"), FileError);
}

namespace {

/// Enough lines for several pieces, which threads read.
std::string many_edges(const char* between, const char* behind) {
  std::string text = "# made for a test\n";
  for (int e = 0; e < 120'000; ++e) {
    text += std::to_string(e % 5003) + between + std::to_string((e * 7) % 4999) + behind + "\n";
    if (e % 1000 == 0) text += e % 3000 == 0 ? "\n" : "# a comment between\n";
  }
  return text;
}

/// The line with this number, from 1, becomes another one.
std::string with_line(std::string text, Index number, const std::string& line) {
  std::size_t first = 0;
  for (Index n = 1; n < number; ++n)
    first = text.find('\n', first) + 1;
  return text.replace(first, text.find('\n', first) - first, line);
}

}  // namespace

TEST_CASE("a list of edges in many pieces is the same on any number of threads") {
  std::vector<NodePair> want;
  for (int e = 0; e < 120'000; ++e)
    want.emplace_back(static_cast<Node>((e * 7) % 4999), static_cast<Node>(e % 5003));
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    CHECK(read_graph("g.txt", many_edges(" ", "")).edge_list == want);
    const Dataset weighted = read_graph("g.txt", many_edges(" ", " 0.25"));
    CHECK(weighted.edge_list == want);
    CHECK(weighted.edge_weights == std::vector<Real>(want.size(), Real(0.25)));
    const Dataset typed = read_graph("g.csv", "source,target,cost\n" + many_edges(",", ",\"7\"").substr(18));
    CHECK(typed.edge_list == want);
    CHECK(typed.edge_features.columns() == 1);
    const Dataset named = read_graph("g.txt", many_edges("a ", ""));  // names in the order of the file
    REQUIRE(named.nodes() == 5003 + 4999);
    CHECK(named.node_names[2] == "1a");
    CHECK(named.node_names[3] == "7");
    const Dataset commas = read_graph("g.csv", "source;target;weight\n" + many_edges(";", ";0,5").substr(18));
    CHECK(std::ranges::any_of(
        commas.notes, [](const std::string& note) { return note.find("decimal commas") != std::string::npos; }));
    const Dataset directed = read_graph("g.txt", many_edges(" ", "") + "# directed\n1 2\n");
    CHECK(directed.directed);
  }
  set_threads(0);
}

TEST_CASE("of several bad lines the first one is named on any number of threads") {
  const std::string good = many_edges(" ", "");
  const std::string late = with_line(good, 100'001, "1 x"), both = with_line(late, 60'001, "1 2 3");
  const std::string three = with_line(both, 11, "-1 2");
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    for (int again = 0; again < 4; ++again) {
      refused_graph("g.txt", late, "g.txt: line 100001: got 'x', want the number of a node");
      refused_graph("g.txt", both, "g.txt: line 60001: got 3 fields, want 2: source and target");
      refused_graph("g.txt", three, "g.txt: line 11: node -1 is out of range, want 0 or more");
      refused_graph("g.txt", with_line(late, 90'000, "1 \x01"), "g.txt: line 90000: column 3 holds the byte");
      refused_graph("g.txt", with_line(late, 90'000, "1\r2"), "g.txt: line 90000: column 2 holds the byte");
    }
  }
  set_threads(0);
}
