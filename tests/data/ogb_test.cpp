#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/find.hpp"
#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"
#include "support/npz_writer.hpp"

using namespace mercer;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

using Files = std::map<std::string, std::string>;

/// Four nodes of two features; node 2 has no label.
const Files small_ogb{{"raw/num-node-list.csv", "4\n"},         {"raw/num-edge-list.csv", "4\n"},
                      {"raw/edge.csv", "0,1\n2,1\n3,0\n3,0\n"}, {"raw/node-feat.csv", "0.5,-1\n1,2\n3,4\n-0.25,1e-2\n"},
                      {"raw/node-label.csv", "7\n0\nnan\n7\n"}, {"split/time/train.csv", "3\n0\n"},
                      {"split/time/valid.csv", "1\n"},          {"split/time/test.csv", "\n"}};

Files with(const std::string& name, const std::string& text) {
  Files files = small_ogb;
  files[name] = text;
  return files;
}

Files without(const std::string& name) {
  Files files = small_ogb;
  files.erase(name);
  return files;
}

/// The set ogbn_small in its own folder.
class Written {
 public:
  explicit Written(const Files& files, bool packed = false) {
    for (const auto& [name, text] : files) {
      fs::create_directories((path() / name).parent_path());
      folder_.write("ogbn_small/" + name + (packed ? ".gz" : ""), packed ? test::gzipped(text) : text);
    }
  }
  fs::path path() const { return folder_ / "ogbn_small"; }
  const fs::path& parent() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

void refused_ogb(const Files& files, const char* why) {
  CAPTURE(std::string(why));
  const Written written(files);
  CHECK_THROWS_WITH_AS(read_dataset(written.path()), doctest::Contains(why), FileError);
}

}  // namespace

TEST_CASE("a set of OGB: graph, features, labels and splits, plain or packed") {
  for (const bool packed : {false, true}) {
    const Written written(small_ogb, packed);
    const Dataset data = read_dataset(written.path());
    CHECK(data.name == "ogbn_small");
    CHECK(data.format == "ogb");
    CHECK(data.graph == from_edges(4, std::vector<NodePair>{{1, 0}, {1, 2}, {0, 3}}));  // (target, source)
    CHECK(max_abs_difference(std::get<Tensor>(data.features),
                             Tensor::from({{0.5, -1}, {1, 2}, {3, 4}, {-0.25, Real(1e-2)}})) == 0);
    CHECK(data.class_names == std::vector<std::string>{"0", "7"});
    CHECK(data.labels == std::vector<std::int32_t>{1, 0, -1, 1});
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == std::vector<Node>{3, 0});
    CHECK(data.splits[0].validation == std::vector<Node>{1});
    CHECK(data.splits[0].test.empty());
    CHECK(data.notes == std::vector<std::string>{"1 repeated edges are merged"});
  }
}

TEST_CASE("a set of OGB in arrays, as its largest sets are") {
  const Written written(
      {{"split/time/train.csv", "3\n"}, {"split/time/valid.csv", "1\n"}, {"split/time/test.csv", "\n"}});
  const auto halves = test::raw<std::uint16_t>({0x3800, 0xBC00, 0x3C00, 0x4000, 0, 0x0001, 0x7BFF, 0x8000});
  const auto write = [&](const std::string& nodes, const std::vector<std::int64_t>& ends) {
    fs::create_directories(written.path() / "raw");
    test::write_zip(written.path() / "raw" / "data.npz",
                    {{"edge_index.npy", test::npy("<i8", "(2, 4)", test::raw(ends))},
                     {"num_nodes_list.npy", test::npy("<i8", nodes, test::raw<std::int64_t>({4}))},
                     {"num_edges_list.npy", test::npy("<i8", "(1,)", test::raw<std::int64_t>({4}))},
                     {"node_feat.npy", test::npy("<f2", "(4, 2)", halves)},
                     {"node_year.npy", test::npy("<i8", "(4, 1)", test::raw<std::int64_t>({1, 2, 3, 4}))}});
    test::write_zip(written.path() / "raw" / "node-label.npz",
                    {{"node_label.npy", test::npy("<f4", "(4, 1)", test::raw<float>({2, 0, NAN, 2}))}});
  };
  write("(1,)", {0, 2, 3, 3, 1, 1, 0, 0});
  const Dataset data = read_dataset(written.path());
  CHECK(data.format == "ogb");
  CHECK(data.graph == from_edges(4, std::vector<NodePair>{{1, 0}, {1, 2}, {0, 3}}));  // (target, source)
  CHECK(data.edge_counts == std::vector<std::int32_t>{2, 1, 1});
  CHECK(max_abs_difference(std::get<Tensor>(data.features),
                           Tensor::from({{0.5, -1}, {1, 2}, {0, Real(0x1p-24)}, {65504, 0}})) == 0);
  CHECK(data.labels == std::vector<std::int32_t>{2, 0, -1, 2});
  CHECK(data.splits.at(0).train == std::vector<Node>{3});
  CHECK(data.notes == std::vector<std::string>{"1 repeated edges are merged", "data.npz: 'node_year' is not read",
                                               "'nan' is taken as no label (1 node)"});
  write("(1,)", {0, 2, 3, 4, 1, 1, 0, 0});
  CHECK_THROWS_WITH_AS(read_dataset(written.path()), doctest::Contains("edge 3: node 4 is out of range"), FileError);
  fs::remove(written.path() / "raw" / "node-label.npz");
  write("()", {0, 2, 3, 3, 1, 1, 0, 0});
  CHECK_THROWS_WITH_AS(read_dataset(written.path()), doctest::Contains("'num_nodes_list'"), FileError);
}

TEST_CASE("a set of OGB is read by its folder raw, too: its edges alone are not the set") {
  for (const bool packed : {false, true}) {
    const Written written(small_ogb, packed);
    const Dataset data = read_dataset(written.path() / "raw");
    CHECK(data.format == "ogb");
    CHECK(data.name == "ogbn_small");
    CHECK(data.splits.size() == 1);
  }
}

TEST_CASE("a set of OGB is found by its folder's name") {
  const Written written(small_ogb);
  const std::vector<NamedDataset> sets = datasets_in(written.parent());
  REQUIRE(sets.size() == 1);
  CHECK(sets[0].name == "ogbn_small");
  CHECK(read_dataset(written.parent()).nodes() == 4);  // the only one in a folder
}

TEST_CASE("each scheme is a split, in the order of their names; without schemes there is none") {
  Files files = small_ogb;
  for (const char* part : {"train", "valid", "test"})
    files[std::string("split/random/") + part + ".csv"] = std::string(part) == "test" ? "0\n1\n" : "\n";
  const Written written(files);
  const Dataset data = read_dataset(written.path());
  REQUIRE(data.splits.size() == 2);
  CHECK(data.splits[0].test == std::vector<Node>{0, 1});
  CHECK(data.splits[1].train == std::vector<Node>{3, 0});
  fs::remove_all(written.path() / "split");
  CHECK(read_dataset(written.path()).splits.empty());
}

TEST_CASE("labels of OGB in several columns, and real numbers, are targets") {
  const Written several(with("raw/node-label.csv", "1,0\n0,1\nnan,nan\n1,1\n"));
  const Dataset data = read_dataset(several.path());
  CHECK(data.label_kind == LabelKind::several);
  CHECK(data.targets(3, 1) == 1);
  CHECK(data.labels == std::vector<std::int32_t>{0, 0, -1, 0});
  const Written real(with("raw/node-label.csv", "0.5\n1\nnan\n2\n"));
  CHECK(read_dataset(real.path()).label_kind == LabelKind::real);
}

TEST_CASE("bad files of OGB are refused with file, line, got and want") {
  refused_ogb(with("raw/num-node-list.csv", "4\n3\n"), "num-node-list.csv: got 2 graphs, want one");
  refused_ogb(with("raw/num-node-list.csv", "many\n"), "num-node-list.csv: line 1: got 'many', want a number of nodes");
  refused_ogb(with("raw/num-node-list.csv", "0\n"), "num-node-list.csv: line 1: got '0'");
  refused_ogb(with("raw/num-node-list.csv", "5\n"), "node-feat.csv: got 4 lines, want 5 as num-node-list says");
  refused_ogb(with("raw/node-feat.csv", "0.5,-1\n1\n3,4\n1,1\n"), "node-feat.csv: line 2: got 1 fields, want 2");
  refused_ogb(with("raw/node-feat.csv", "0.5,-1\n1,nan\n3,4\n1,1\n"), "node-feat.csv: line 2: column 2: got 'nan'");
  refused_ogb(with("raw/node-label.csv", "7\n0\n0\n"), "node-label.csv: got 3 lines, want 4");
  refused_ogb(with("raw/node-label.csv", "7\n0,1\n0\n0\n"),
              "node-label.csv: line 2: got 2 fields, want 1: the labels of a node");
  refused_ogb(with("raw/edge.csv", "0,1\n2,4\n"), "edge.csv: line 2: node 4 is out of range, want 0 … 3");
  refused_ogb(with("raw/edge.csv", "0,1\n-1,2\n"), "edge.csv: line 2: node -1 is out of range");
  refused_ogb(with("raw/edge.csv", "source,target\n"), "edge.csv: line 1: got 'source', want the number of a node");
  refused_ogb(with("raw/edge.csv", "0,1\n2\n"), "edge.csv: line 2: got 1 fields, want 2: source and target");
  refused_ogb(with("split/time/valid.csv", "1\n9\n"), "valid.csv: line 2: node 9 is out of range");
  refused_ogb(with("split/time/valid.csv", "1\n3\n"), "valid.csv: line 2: node 3 is in train already");
  refused_ogb(with("split/time/valid.csv", "2\n"), "valid.csv: line 1: node 2 has no label, want one: it is in valid");
  refused_ogb(without("split/time/test.csv"), "time: there is no test.csv and no test.csv.gz");
  refused_ogb(with("raw/num-edge-list.csv", "5\n"),
              "num-edge-list.csv: says 5 edges, edge.csv has 4: is that file whole?");
  refused_ogb(without("raw/edge.csv"), "raw: there is no edge.csv and no edge.csv.gz, want one of them");
  refused_ogb(with("raw/edge.csv.gz", "x"), "stands beside edge.csv, want one of the two");
}

TEST_CASE("a set of OGB may have no features or no labels, with a note of what would give them") {
  const Dataset featureless = read_dataset(Written(without("raw/node-feat.csv")).path());
  CHECK(featureless.feature_count() == 0);
  CHECK(test::has_note(featureless.notes, "node-feat.csv would give them, or --features degree or identity"));
  const Dataset unlabelled = read_dataset(Written(without("raw/node-label.csv")).path());
  CHECK(unlabelled.labels == std::vector<std::int32_t>(4, -1));
  CHECK(unlabelled.splits.empty());
  CHECK(test::has_note(unlabelled.notes, "no node has a label: node-label.csv would give them"));
  CHECK(test::has_note(unlabelled.notes, "split/ is not read: no node has a label"));
}

TEST_CASE("a randomly changed set of OGB is read or refused") {
  Random random(7);
  int read = 0;
  const int times = 400;
  for (int n = 0; n < times; ++n) {
    Files files = small_ogb;
    auto victim = files.begin();
    std::advance(victim, random.below(static_cast<std::uint32_t>(files.size())));
    std::string& text = victim->second;
    const std::size_t place = random.below(static_cast<std::uint32_t>(text.size()));
    if (random.below(2) == 0)
      text[place] = "0123456789-+.,e \t\n\xFF"[random.below(19)];
    else
      text.erase(place, random.below(4));
    const Written written(files);
    try {
      const Dataset data = read_dataset(written.path());
      CHECK(std::ssize(data.labels) == data.nodes());
      ++read;
    } catch (const FileError&) {
    }
  }
  CHECK(read > times / 20);
  CHECK(read < times);
}
