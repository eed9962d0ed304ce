// Features of edges: further columns of a table of edges, arrays, and what becomes of them when the graph changes.
#include <doctest/doctest.h>

#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/fingerprint.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/data/write.hpp"
#include "mercer/data/write_npz.hpp"
#include "mercer/graph/build.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"
#include "support/torch_writer.hpp"

using namespace mercer;
using test::has_note;
using test::TempFolder;

namespace {

using Names = std::vector<std::string>;

Dataset with_edges(const std::string& edges) {
  return test::read_texts(
      {{"features.csv", "1,0.5\n0.5,-2\n0,3\n7,8\n"}, {"labels.txt", "cat\ndog\ncat\ndog\n"}, {"edges.csv", edges}});
}

bool has_row(const Dataset& data, Edge slot, const std::vector<Real>& values) {
  const Real* row = data.edge_features.row(slot);
  return std::vector<Real>(row, row + data.edge_features.columns()) == values;
}

std::vector<Real> values_of(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

const char* const two_columns =
    "# directed\nsource,target,weight,length,kind\n0,1,2,1.5,road\n2,1,3,-1,rail\n2,3,4,0.5,road\n2,3,1,1.5,rail\n";

/// Facts of edges that are the same after a way through a file.
void check_same(const Dataset& copy, const Dataset& data) {
  CHECK(copy.graph == data.graph);
  CHECK(copy.edge_weights == data.edge_weights);
  CHECK(copy.edge_counts == data.edge_counts);
  CHECK(copy.edge_feature_names == data.edge_feature_names);
  REQUIRE(copy.edge_features.columns() == data.edge_features.columns());
  CHECK(max_abs_difference(copy.edge_features, data.edge_features) == 0);
  CHECK(values_of(copy.repeated_features) == values_of(data.repeated_features));
}

}  // namespace

TEST_CASE("several numbers in a field of edges are refused, and a minus beside a plus is a sign") {
  for (const char* list : {"\"0.5, 0.25\"", "0.5 0.25", "0.5|0.25", "[0.5 0.25]"}) {
    CAPTURE(std::string(list));
    test::refused_texts({{"edges.csv", "source,target,feat\n0,1," + std::string(list) + "\n1,2," + list + "\n"}},
                        "edges.csv: line 2: column 3 (feat): got '");
    test::refused_texts({{"edges.csv", "source,target,feat\n0,1," + std::string(list) + "\n1,2," + list + "\n"}},
                        "', several numbers in one field, want a column for each");
  }
  const Dataset signs = with_edges("source,target,sign\n0,1,-\n1,2,+\n2,3,-\n");
  CHECK(signs.edge_feature_names == Names{"sign=+", "sign=-"});
  CHECK_FALSE(has_note(signs, "have no word"));
  CHECK(has_row(signs, 0, {0, 1}));
  const Dataset missing = with_edges("source,target,kind\n0,1,-\n1,2,road\n2,3,rail\n");
  CHECK(missing.edge_feature_names == Names{"kind=rail", "kind=road"});
  CHECK(has_note(missing, "1 edges have no word"));
  CHECK(has_note(with_edges("source,target,kind\n0,1,-\n1,2,-\n2,3,-\n"), "kind; it is empty"));
}

TEST_CASE("further columns of edges are their features: numbers as they are, words as a column for each") {
  const Dataset data = with_edges(two_columns);
  CHECK(data.edge_feature_names == Names{"length", "kind=rail", "kind=road"});
  CHECK(data.edge_weights == std::vector<Real>{2, 3, 5});
  CHECK(has_row(data, 0, {1.5, 0, 1}));
  CHECK(has_row(data, 1, {-1, 1, 0}));
  CHECK(has_row(data, 2, {1, 0.5, 0.5}));  // the mean of two
  CHECK(has_note(data, "features of the edges: length, kind=rail, kind=road"));
  CHECK(has_note(data, "1 repeated edges are merged; their weights are added; their features are averaged"));
  CHECK(describe(data).edge_features == data.edge_feature_names);
  CHECK(fingerprint(data).graph != fingerprint(with_edges("0,1\n2,1\n2,3\n2,3\n")).graph);
}

TEST_CASE("columns of edges without a header are features under their numbers, a single one is the weight") {
  const Dataset data = with_edges("0 1 0.5 3\n1 2 2 4\n");
  CHECK(data.edge_feature_names == Names{"3", "4"});
  CHECK(has_row(data, 1, {2, 4}));
  CHECK(data.edge_weights.empty());
  CHECK(with_edges("0 1 0.5\n1 2 2\n").edge_weights == std::vector<Real>{0.5, 2});
  const Dataset named = with_edges("a,b,distance\n0,1,0.5\n1,2,2\n");
  CHECK(named.edge_feature_names == Names{"distance"});
  CHECK(named.edge_weights.empty());
}

TEST_CASE("two lines of ends are refused, and columns of nodes' numbers doubted") {
  const auto ring = [](const std::string& header, const std::string& separator, int columns) {
    const TempFolder folder;
    std::string edges = header, features;
    for (int i = 0; i < 24; ++i) {
      edges += std::to_string(i);
      for (int c = 1; c < columns; ++c)
        edges += separator + std::to_string((i + c * c) % 24);
      edges += "\n";
      features += "1.5,2\n";
    }
    folder.write("edges.csv", edges);
    folder.write("features.csv", features);
    return read_dataset(folder.path());
  };
  CHECK(has_note(ring("", " ", 3), "edges.csv: nothing but numbers of nodes is in 3, read as numbers"));
  CHECK(has_note(ring("", ",", 4), "nothing but numbers of nodes is in 3, 4, read as numbers: where lines list"));
  CHECK_FALSE(has_note(ring("", ",", 2), "nothing but"));
  CHECK_FALSE(has_note(ring("source,target,weight\n", ",", 3), "nothing but"));
  CHECK_FALSE(has_note(ring("source,target,a,b\n", ",", 4), "nothing but"));
  CHECK_FALSE(has_note(with_edges("0,1,2\n1,2,3\n2,3,0\n"), "nothing but"));  // so few may be weights
  const TempFolder folder;
  const Dataset gaps = read_dataset(folder.write("web.txt", "0 999999999999 3\n5 7 4\n"));
  CHECK_FALSE(has_note(gaps, "nothing but"));
  for (const std::string separator : {" ", ","}) {
    std::string rows[2];
    for (int e = 0; e < 12; ++e)
      for (int end = 0; end < 2; ++end)
        rows[end] += (e == 0 ? "" : separator) + std::to_string((e + end) % 4);
    CHECK_THROWS_WITH_AS(
        with_edges(rows[0] + "\n" + rows[1] + "\n"),
        doctest::Contains("edges.csv: got 2 lines of 12 numbers, which look like the rows of edge_index, "
                          "want a line for each edge: numpy.savetxt(FILE, edge_index.T"),
        FileError);
  }
}

TEST_CASE("codes are words, truth values numbers, and columns that are neither are left out with the reason") {
  const Dataset coded = with_edges("source,target,relation,old\n0,1,7,True\n1,2,3,False\n2,3,7,True\n");
  CHECK(coded.edge_feature_names == Names{"relation=3", "relation=7", "old"});
  CHECK(has_row(coded, 0, {0, 1, 1}));
  const Dataset gap = with_edges("source,target,far,Id\n0,1,7,0\n1,2,,1\n");
  CHECK_FALSE(gap.has_edge_features());
  CHECK(has_note(gap, "edges.csv: columns of edges are left out: Id"));
  CHECK(has_note(gap, "columns of edges are left out: far; line 3 has no number: want one in each line"));
  std::string many = "source,target,remark\n";
  for (int e = 0; e < 40; ++e)
    many += "0,1,word" + std::to_string(e) + "\n";
  CHECK(has_note(with_edges(many), "left out: remark; it has more than 32 different words"));
  CHECK(has_note(with_edges("a,b,x\n0,1,\n1,2,\n"), "left out: x; it is empty"));
}

TEST_CASE("features of edges read back from text and from an archive") {
  Dataset data = with_edges(two_columns);
  const TempFolder folder;
  write_dataset(data, folder.path() / "text");
  check_same(read_dataset(folder.path() / "text"), data);
  write_archive(data, folder.path() / "set.npz");
  check_same(read_dataset(folder.path() / "set.npz"), data);
  data.edge_feature_names = {"with blank", "b,c", "type"};  // the last would be read as words
  write_archive(data, folder.path() / "other.npz");
  check_same(read_dataset(folder.path() / "other.npz"), data);
  write_dataset(data, folder.path() / "other");
  data.edge_feature_names = {"with blank", "b,c", "feature_3"};
  check_same(read_dataset(folder.path() / "other"), data);
  data.edge_feature_names = {"with blank", "b,c", "d\"e"};
  write_dataset(data, folder.path() / "quoted");
  check_same(read_dataset(folder.path() / "quoted"), data);
}

TEST_CASE("edge_attr of PyTorch Geometric is the features of the edges") {
  using namespace test;
  const TempFolder folder;
  const std::string body = "}(" + pickled_entry("x", pickled_tensor("FloatStorage", "0", 2, 0, {2, 1}, {1, 1})) +
                           pickled_entry("edge_index", pickled_tensor("LongStorage", "1", 4, 0, {2, 2}, {2, 1})) +
                           pickled_entry("edge_attr", pickled_tensor("FloatStorage", "2", 4, 0, {2, 2}, {2, 1})) + "u";
  const Members storages{
      {"0", raw<float>({1, 2})}, {"1", raw<std::int64_t>({1, 0, 0, 1})}, {"2", raw<float>({5, 6, 7, 8})}};
  const Dataset set = read_dataset(write_torch(folder / "some.pt", body, storages));
  CHECK(has_row(set, 0, {5, 6}));  // of the edge 1 → 0
  CHECK(has_row(set, 1, {7, 8}));
  CHECK(edge_feature_names(set) == Names{"feature_1", "feature_2"});
  const std::string wrong = "}(" + pickled_entry("x", pickled_tensor("FloatStorage", "0", 2, 0, {2, 1}, {1, 1})) +
                            pickled_entry("edge_index", pickled_tensor("LongStorage", "1", 4, 0, {2, 2}, {2, 1})) +
                            pickled_entry("edge_attr", pickled_tensor("FloatStorage", "2", 4, 0, {4, 1}, {1, 1})) + "u";
  CHECK_THROWS_WITH_AS(read_dataset(write_torch(folder / "wrong.pt", wrong, storages)),
                       doctest::Contains("for the 2 edges"), FileError);
}

TEST_CASE("features follow their edges: the way back has those of the way there, a loop the mean of its node's") {
  const Dataset data = with_edges("# directed\nsource,target,length\n0,1,1\n2,1,3\n2,3,5\n3,2,7\n");
  const Dataset both = symmetrised(data);
  CHECK(both.graph.edges() == 6);
  CHECK(has_row(both, 0, {1}));  // 1 → 0
  CHECK(has_row(both, 4, {7}));  // 3 → 2 keeps its own
  const Dataset loops = with_loops(data);
  CHECK(loops.graph.edges() == 8);
  CHECK(has_row(loops, 0, {0}));  // node 0 has no edges
  CHECK(has_row(loops, 2, {2}));  // node 1: (1 + 3) / 2
  const std::vector<Node> nodes{3, 2};
  const Dataset part = induced(data, nodes);
  REQUIRE(part.graph.edges() == 2);
  CHECK(has_row(part, 0, {5}));
  CHECK(part.edge_feature_names == Names{"length"});
  const Dataset twice = with_repeats(with_edges("source,target,length\n0,1,1\n0,1,3\n1,2,4\n"));
  REQUIRE(twice.graph.edges() == 3);
  CHECK(values_of(twice.edge_features) == std::vector<Real>{1, 3, 4});
}

TEST_CASE("repeated edges keep features of their own, in the order of the source, until they count once") {
  const Dataset data = with_edges("# directed\nsource,target,length\n2,1,7\n0,1,3\n2,1,9\n0,1,1\n2,1,2\n1,3,5\n");
  REQUIRE(data.edge_counts == std::vector<std::int32_t>{2, 3, 1});
  CHECK(values_of(data.edge_features) == std::vector<Real>{2, 6, 5});
  CHECK(values_of(data.repeated_features) == std::vector<Real>{3, 1, 7, 9, 2, 5});
  CHECK(values_of(symmetrised(data).repeated_features) ==
        std::vector<Real>{3, 1, 3, 1, 7, 9, 2, 5, 7, 9, 2, 5});  // 0←1 1←0 1←2 1←3 2←1 3←1
  const Dataset loops = with_loops(data);
  CHECK(loops.edge_counts == std::vector<std::int32_t>{1, 2, 1, 3, 1, 1, 1});
  const std::vector<Real> with_mean = values_of(loops.repeated_features);  // (3 + 1 + 7 + 9 + 2) / 5 of node 1
  REQUIRE(with_mean.size() == 10);
  CHECK(with_mean[3] == doctest::Approx(4.4));
  CHECK(values_of(without_loops(loops).repeated_features) == values_of(data.repeated_features));
  CHECK(values_of(induced(data, std::vector<Node>{2, 1}).repeated_features) == std::vector<Real>{7, 9, 2});
  CHECK(values_of(with_repeats(loops).edge_features) == with_mean);
  CHECK_FALSE(with_repeats(data).has_repeated_features());

  const TempFolder folder;
  write_dataset(data, folder.path() / "text");
  check_same(read_dataset(folder.path() / "text"), data);
  write_archive(data, folder / "set.npz");
  check_same(read_dataset(folder / "set.npz"), data);
  CHECK(fingerprint(read_dataset(folder / "set.npz")).graph == fingerprint(data).graph);
  Dataset other = data;
  other.repeated_features(2, 0) = 9;
  other.repeated_features(3, 0) = 7;
  CHECK(fingerprint(other).graph != fingerprint(data).graph);
  other.repeated_features = Tensor(5, 1);
  CHECK_THROWS_WITH_AS(write_archive(other, folder / "other.npz"),
                       doctest::Contains("rows of repeated_features: got 5"), ShapeError);

  const std::vector<std::int64_t> shape{2, 2}, offset{0, 1, 2}, columns{1, 0}, counts{1, 2};
  const std::vector<float> two(2, 1);
  const auto list = [](const char* name, const auto& values) {
    return npz_member(name, std::span(values), {std::ssize(values)});
  };
  const auto column = [&](const char* name) { return npz_member(name, std::span(two), {2, 1}); };
  write_npz(folder / "short.npz", {list("adj_shape", shape), list("adj_indptr", offset), list("adj_indices", columns),
                                   list("adj_data", two), list("adj_counts", counts), column("attr_matrix"),
                                   column("edge_features"), column("repeated_edge_features")});
  CHECK_THROWS_WITH_AS(read_dataset(folder / "short.npz"), doctest::Contains("'repeated_edge_features'"), FileError);
}

TEST_CASE("two features of edges with one name are refused: a model would read the first for both") {
  CHECK_THROWS_WITH_AS(with_edges("source,target,kind,kind=air\n0,1,air,1\n1,2,rail,2\n"),
                       doctest::Contains("two features of edges are named 'kind=air', want a name for each"),
                       FileError);
  Dataset data = with_edges(two_columns);
  data.edge_feature_names = {"a", "b", "a"};
  const TempFolder folder;
  write_archive(data, folder / "twice.npz");
  CHECK_THROWS_WITH_AS(read_dataset(folder / "twice.npz"), doctest::Contains("rename a column"), FileError);
}

TEST_CASE("networkx's dictionaries behind edges are refused with the way to write columns") {
  for (const char* edges : {"# a\n0 1 {'weight': 4, 'len': 0.5}\n1 2 {'weight': 1, 'len': 0.5}\n",
                            "# a\n0 1 {'weight': 4}\n1 2 {'weight': 1}\n", "# a\n0 1 {}\n1 2 {}\n"}) {
    CAPTURE(edges);
    CHECK_THROWS_WITH_AS(with_edges(edges), doctest::Contains("edges.csv: line 2: got a dictionary of Python's"),
                         FileError);
    const TempFolder folder;
    folder.write("graph.edgelist", edges);
    CHECK_THROWS_WITH_AS(read_dataset(folder / "graph.edgelist"), doctest::Contains("data=False"), FileError);
  }
}

TEST_CASE("whole numbers that lose digits as floats are noted, by column: of edges, weights and nodes") {
  if (sizeof(Real) != sizeof(float)) return;
  const Dataset data = with_edges("source,target,weight,time\n0,1,1600000001,1600000001\n1,2,1,1600000003\n");
  CHECK(has_note(data, "edges.csv: column 4 (time): numbers are kept to 24 binary digits; 2 change"));
  CHECK(has_note(data, "edges.csv: column 3 (weight): numbers are kept to 24 binary digits; 1 change"));
  CHECK(has_note(data, "take an offset off them to keep the units"));
  CHECK_FALSE(has_note(with_edges(two_columns), "binary digits"));
  const TempFolder folder;
  folder.write("edges.csv", "0,1\n1,2\n");
  folder.write("features.csv", "born,x\n1600000001,1\n0,2\n1,3\n");
  CHECK(has_note(read_dataset(folder.path()), "features.csv: column 1 (born): numbers are kept to 24"));
}

TEST_CASE("edges without a word are counted; a column of numbers that lacks one says what it got") {
  const Dataset data = with_edges("source,target,kind\n0,1,air\n1,2,\n2,3,NA\n");
  CHECK(data.edge_feature_names == Names{"kind=air"});
  CHECK(has_note(data, "edges.csv: column 3 (kind): 2 edges have no word; their features of it are 0"));
  CHECK(has_note(with_edges("source,target,far\n0,1,7\n1,2,\n"),
                 "different words; got '': write a value for what is missing"));
  CHECK(has_note(with_edges("source,target,far\n0,1,7\n1,2,long\n"), "different words; got 'long'"));
}
