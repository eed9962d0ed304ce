#include "mercer/data/write.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "mercer/base/check.hpp"
#include "mercer/data/npz.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::TempFolder;
using Names = std::vector<std::string>;

namespace {

Dataset there_and_back(const Dataset& data) {
  const TempFolder folder;
  write_dataset(data, folder.path() / "copy");
  return read_dataset(folder.path() / "copy");
}

Dataset three_nodes() {
  Dataset data;
  data.graph = from_edges(3, std::vector<NodePair>{{1, 0}, {2, 2}});
  data.features = Tensor::from({{Real(1) / 3, -2}, {0, Real(1e-30)}, {7, 0}});
  data.labels = {1, -1, 0};
  data.class_names = {"a class", "b"};
  data.node_names = {"x", "y", "z"};
  data.splits = {{{0}, {2}, {}}, {{2}, {}, {0}}};
  return data;
}

}  // namespace

TEST_CASE("a written set reads back to the same bits") {
  const Dataset data = three_nodes(), copy = there_and_back(data);
  CHECK(copy.name == "copy");
  CHECK(copy.graph == data.graph);
  CHECK(max_abs_difference(std::get<Tensor>(copy.features), std::get<Tensor>(data.features)) == 0);
  CHECK(copy.labels == data.labels);
  CHECK(copy.class_names == data.class_names);
  CHECK(copy.node_names == data.node_names);
  REQUIRE(copy.splits.size() == 2);
  CHECK(copy.splits[1].train == std::vector<Node>{2});
  CHECK(copy.splits[1].test == std::vector<Node>{0});
}

TEST_CASE("names of features stand in a header, unless they would be taken for something else") {
  Dataset data = three_nodes();
  data.feature_names = {"é", "b,c"};
  const Dataset copy = there_and_back(data);
  CHECK(copy.feature_names == data.feature_names);
  CHECK(max_abs_difference(std::get<Tensor>(copy.features), std::get<Tensor>(data.features)) == 0);
  for (const std::vector<std::string>& names : {std::vector<std::string>{"0", "1"}, {"x", "label"}, {"x", "nan"}}) {
    data.feature_names = names;
    CHECK(there_and_back(data).feature_names == names);  // in a file of their own
    CHECK(there_and_back(data).feature_count() == 2);
  }
}

TEST_CASE("sparse features keep their width, also when no node has the last word") {
  const Dataset data = planted_citations();
  const auto &x = std::get<SparseMatrix>(data.features), copy = std::get<SparseMatrix>(there_and_back(data).features);
  CHECK(copy.columns() == x.columns());
  CHECK(std::ranges::equal(copy.offset(), x.offset()));
  CHECK(std::ranges::equal(copy.column(), x.column()));
  Dataset narrow = three_nodes();
  narrow.features = SparseMatrix(3, 9, {0, 0, 1, 1}, {4}, {2});
  CHECK(there_and_back(narrow).feature_count() == 9);
  narrow.feature_names = {"a", "b", "c", "d", "two words", "id", "0", "#", "z"};
  CHECK(there_and_back(narrow).feature_names == narrow.feature_names);
  narrow.feature_names.clear();
  narrow.features = Tensor(3, 0);
  CHECK(there_and_back(narrow).feature_count() == 0);
}

TEST_CASE("names of features in a file of their own may be more than the columns that occur, not fewer") {
  const TempFolder folder;
  folder.write("edges.txt", "0 1\n");
  folder.write("features.svmlight", "1:1\n2:1\n");
  folder.write("feature_names.txt", "a\nb\nc\n");
  const Dataset data = read_dataset(folder.path());
  CHECK(data.feature_count() == 3);
  CHECK(data.feature_names == Names{"a", "b", "c"});
  folder.write("feature_names.txt", "a\n");
  CHECK_THROWS_WITH_AS(read_dataset(folder.path()), doctest::Contains("got 1 names, want one for each of the 2"),
                       FileError);
}

TEST_CASE("repeated edges stay repeated in text and archives") {
  const TempFolder folder;
  Dataset data = three_nodes();
  data.edge_counts = {1, 3};
  CHECK(there_and_back(data).edge_counts == data.edge_counts);
  data.edge_weights = {Real(0.5), 6};
  CHECK(there_and_back(data).edge_counts == data.edge_counts);
  CHECK(there_and_back(data).edge_weights == data.edge_weights);
  write_archive(data, folder / "a.npz");
  CHECK(read_dataset(folder / "a.npz").edge_counts == data.edge_counts);
}

TEST_CASE("an archive keeps edges of weight 0, and whole numbers as real ones") {
  const TempFolder folder;
  Dataset data = three_nodes();
  data.edge_weights = {0, 2};
  data.edge_counts = {1, 3};
  write_archive(data, folder / "zero.npz");
  const Dataset zero = read_dataset(folder / "zero.npz");
  CHECK(zero.graph == data.graph);
  CHECK(zero.edge_weights == data.edge_weights);
  CHECK(zero.edge_counts == data.edge_counts);
  for (const Index columns : {1, 2}) {
    Dataset real = three_nodes();
    real.label_kind = LabelKind::real;
    real.class_names = columns == 1 ? Names{"age"} : Names{"age", "size"};
    real.targets = Tensor::filled(3, columns, Real(1));
    real.targets(0, 0) = columns == 1 ? Real(7) : Real(0);
    real.labels = {0, 0, 0};
    write_archive(real, folder / "real.npz");
    const Dataset copy = read_dataset(folder / "real.npz");
    CHECK(copy.label_kind == LabelKind::real);
    CHECK(copy.class_names == real.class_names);
    CHECK(max_abs_difference(copy.targets, real.targets) == 0);
  }
}

TEST_CASE("names that text can't hold are left out, such class names are refused") {
  Dataset data = three_nodes();
  data.node_names = {"two words", "a, \"b\"", "#c"};
  data.class_names = {"x, y", "b;c"};
  data.edge_weights = {Real(0.1), -3};
  CHECK(there_and_back(data).node_names == data.node_names);
  CHECK(there_and_back(data).class_names == Names{"b;c", "x, y"});
  CHECK(there_and_back(data).edge_weights == data.edge_weights);
  data.node_names[1] = "two\nlines";
  CHECK(there_and_back(data).node_names.empty());
  CHECK(there_and_back(data).graph == data.graph);
  data.class_names[1] = "-1";
  CHECK_THROWS_AS(there_and_back(data), ValueError);
  CHECK_THROWS_AS(there_and_back(Dataset{}), ValueError);
}

TEST_CASE("classes named + and - come back, beside nodes without a label") {
  Dataset data = three_nodes();
  data.class_names = {"+", "-"};
  data.labels = {0, -1, 1};
  CHECK(there_and_back(data).class_names == data.class_names);
  CHECK(there_and_back(data).labels == data.labels);
  data.labels = {1, -1, 1};  // no + shows that - is a class
  CHECK_THROWS_AS(there_and_back(data), ValueError);
}

TEST_CASE("a folder is written completely or not at all") {
  const TempFolder folder;
  folder.write("taken", "mine");
  CHECK_THROWS_WITH_AS(write_dataset(karate(), folder.path() / "taken"), doctest::Contains("is there already"),
                       FileError);
  CHECK_THROWS_AS(write_dataset(karate(), folder.path() / "taken" / "below"), FileError);
  write_dataset(karate(), folder.path() / "new" / "karate" / "");
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
    ++entries;
  CHECK(entries == 2);  // no leftovers
  CHECK(read_dataset(folder.path() / "new" / "karate").nodes() == 34);
}

TEST_CASE("an archive reads back to the same bits, with all names and splits") {
  const TempFolder folder;
  Dataset data = three_nodes();
  data.feature_names = {"é", "b,c"};
  data.directed = true;
  data.edge_weights = {Real(0.1), -3};
  for (int turn = 0; turn < 2; ++turn) {
    write_archive(data, folder / "a.npz");
    const Dataset copy = read_dataset(folder / "a.npz");
    CHECK(copy.graph == data.graph);
    CHECK(copy.directed == data.directed);
    CHECK(copy.edge_weights == data.edge_weights);
    CHECK(copy.labels == data.labels);
    CHECK(copy.class_names == data.class_names);
    CHECK(copy.node_names == data.node_names);
    CHECK(copy.feature_names == data.feature_names);
    CHECK_FALSE(copy.largest_component);
    REQUIRE(copy.splits.size() == data.splits.size());
    for (std::size_t k = 0; k < data.splits.size(); ++k) {
      CHECK(copy.splits[k].train == data.splits[k].train);
      CHECK(copy.splits[k].validation == data.splits[k].validation);
      CHECK(copy.splits[k].test == data.splits[k].test);
    }
    const auto dense = [](const Features& x) {
      return std::holds_alternative<Tensor>(x) ? std::get<Tensor>(x) : std::get<SparseMatrix>(x).to_dense();
    };
    const Tensor got = dense(copy.features), want = dense(data.features);
    CHECK(std::ranges::equal(got.values(), want.values()));
    data.class_names.clear();  // and without what may be absent
    data.labels.assign(3, -1);
    data.node_names.clear();
    data.feature_names.clear();
    data.splits.clear();
    data.directed = false;
    data.edge_weights.clear();
  }
}

TEST_CASE("an archive has the edge from i to j in row i and column j, with its facts") {
  const TempFolder folder;
  Dataset data = three_nodes();
  data.graph = from_edges(3, std::vector<NodePair>{{0, 1}, {0, 2}, {1, 0}, {2, 0}, {2, 1}});  // target, source
  data.directed = true;
  data.edge_weights = {1, 2, 3, 4, 5};
  data.edge_counts = {1, 1, 3, 2, 1};
  data.edge_features = Tensor::from({{10}, {20}, {30}, {40}, {50}});
  write_archive(data, folder / "a.npz");
  const Npz archive(folder / "a.npz");
  CHECK(archive.at("adj_indptr").as<std::int64_t>() == std::vector<std::int64_t>{0, 2, 4, 5});
  CHECK(archive.at("adj_indices").as<Node>() == std::vector<Node>{1, 2, 0, 2, 0});
  CHECK(archive.at("adj_data").as<float>() == std::vector<float>{3, 4, 1, 5, 2});
  CHECK(archive.at("edge_features").as<float>() == std::vector<float>{30, 40, 10, 50, 20});
  const Dataset copy = read_dataset(folder / "a.npz");
  CHECK(copy.graph == data.graph);
  CHECK(copy.edge_weights == data.edge_weights);
  CHECK(copy.edge_counts == data.edge_counts);
  CHECK(max_abs_difference(copy.edge_features, data.edge_features) == 0);
}

TEST_CASE("real numbers and several labels read back from text as what they are, whole numbers and single 1s, too") {
  Dataset data = three_nodes();
  data.class_names = {"age"};
  data.label_kind = LabelKind::real;
  data.targets = Tensor::from({{7}, {7}, {-1}});
  const Dataset ages = there_and_back(data);
  CHECK(ages.label_kind == LabelKind::real);
  CHECK(ages.class_names == data.class_names);
  CHECK(max_abs_difference(ages.targets, data.targets) == 0);
  data.class_names = {"a", "b"};
  data.targets = Tensor::from({{1, 0}, {0, 1}, {0, 1}});
  CHECK(there_and_back(data).label_kind == LabelKind::real);
  data.label_kind = LabelKind::several;
  const Dataset bits = there_and_back(data);
  CHECK(bits.label_kind == LabelKind::several);
  CHECK(max_abs_difference(bits.targets, data.targets) == 0);
}
