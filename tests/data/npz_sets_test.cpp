// gnn-benchmark and heterophilous archives, good and bad.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "data/formats/gnn_benchmark.hpp"
#include "data/formats/heterophilous.hpp"
#include "data/texts.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

using Reader = Dataset (*)(const std::filesystem::path&, const Npz&);

Dataset read(Reader reader, const TempFolder& folder, const Members& members) {
  const auto file = folder.path() / "small.npz";
  write_zip(file, members);
  return reader(file, Npz(file));
}

/// Expects an error with this text for the small set with one member replaced.
void check_bad(Reader reader, const std::string& member, const std::string& bytes, const std::string& piece) {
  const TempFolder folder;
  const Members members = reader == read_gnn_benchmark ? small_gnn_benchmark() : small_heterophilous();
  check_refused([&] { read(reader, folder, with(members, member + ".npy", bytes)); }, {"small.npz: ", piece});
}

/// The same for members of gnn-benchmark with one replaced.
void check_bad_in(const Members& members, const std::string& member, const std::string& bytes,
                  const std::string& piece) {
  const TempFolder folder;
  check_refused([&] { read(read_gnn_benchmark, folder, with(members, member + ".npy", bytes)); },
                {"small.npz: ", piece});
}

template <class T>
std::string row(const std::string& dtype, const std::vector<T>& items) {
  return npy(dtype, "(" + std::to_string(items.size()) + ",)", raw(items));
}

std::string integers(const std::vector<std::int32_t>& items) { return row("<i4", items); }

}  // namespace

TEST_CASE("a gnn-benchmark archive is read as stored") {
  const TempFolder folder;
  const Dataset set = read(read_gnn_benchmark, folder, small_gnn_benchmark());
  CHECK(set.name == "small");
  CHECK(set.format == "gnn-benchmark");
  CHECK(set.graph == from_edges(4, std::vector<NodePair>{{1, 0}, {2, 0}, {2, 1}, {3, 3}}));  // row 0 is the source
  const auto& x = std::get<SparseMatrix>(set.features);
  CHECK(x.nonzeros() == 3);  // the stored zero is dropped, row 0 sorted
  CHECK(x.to_dense()(0, 0) == 2);
  CHECK(x.to_dense()(2, 1) == 4);
  CHECK(set.class_names == std::vector<std::string>{"one", "two"});
  CHECK(set.node_names == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK(set.splits.empty());
  CHECK(set.notes.empty());
}

TEST_CASE("optional members may be missing or hold objects") {
  const TempFolder folder;
  const Members objects = with(small_gnn_benchmark(), "class_names.npy", npy("|O", "(2,)", "\x80\x02N."));
  const Dataset set =
      read(read_gnn_benchmark, folder, with(objects, "attr_names.npy", npy("|O", "(3,)", "\x80\x02N.")));
  CHECK(set.class_names == std::vector<std::string>{"0", "1"});
  CHECK(set.notes == std::vector<std::string>{"member 'class_names' holds pickled Python objects and was skipped",
                                              "member 'attr_names' holds pickled Python objects and was skipped"});
  CHECK(read(read_gnn_benchmark, folder, without(small_gnn_benchmark(), "node_names.npy")).node_names.empty());
  check_bad(read_gnn_benchmark, "labels", npy("|O", "(4,)", "N."), "'labels': holds pickled Python objects");
  const Members weighted = with(small_gnn_benchmark(), "adj_data.npy", row<float>("<f4", {1, 0, 2.5f, 1}));
  const Dataset mended = read(read_gnn_benchmark, folder, weighted);
  CHECK(mended.graph.edges() == 4);  // an edge of weight 0 is one
  CHECK(mended.edge_weights == std::vector<Real>{1, 0, Real(2.5), 1});
  CHECK(mended.notes == std::vector<std::string>{"'adj_data' is read as the weights of the edges"});
}

TEST_CASE("labels -1 and 1 of an array are two classes; labels above 0 are noted") {
  const TempFolder folder;
  const Members unnamed = without(small_gnn_benchmark(), "class_names.npy");
  const auto labelled = [&](const Members& members, const std::string& labels) {
    return read(read_gnn_benchmark, folder, with(members, "labels.npy", labels));
  };
  const Dataset signs = labelled(unnamed, row<float>("<f4", {1, -1, std::nanf(""), -1}));
  CHECK(signs.labels == std::vector<std::int32_t>{1, 0, -1, 0});
  CHECK(signs.class_names == std::vector<std::string>{"-1", "1"});
  CHECK(signs.notes.size() == 2);
  CHECK(labelled(small_gnn_benchmark(), integers({1, -1, 1, -1})).labels == std::vector<std::int32_t>{1, -1, 1, -1});
  CHECK(labelled(unnamed, integers({1, -1, 0, -1})).labels == std::vector<std::int32_t>{1, -1, 0, -1});
  const Dataset from_one = labelled(unnamed, integers({1, 2, 1, 2}));
  CHECK(from_one.notes ==
        std::vector<std::string>{"no node has the label 0, which counts as a class: labels want to be 0, 1, …"});
  CHECK(labelled(small_gnn_benchmark(), integers({1, 1, 1, 1})).notes == from_one.notes);
  check_bad(read_gnn_benchmark, "labels", integers({1, 2, 1, 2}), "the labels want 3: no node has the label 0");
}

TEST_CASE("masks by node or split, and lists of nodes, are the splits of a gnn-benchmark archive") {
  const TempFolder folder;
  using Nodes = std::vector<Node>;
  const auto bools = [](const char* shape, std::string bits) {
    for (char& bit : bits)
      bit = static_cast<char>(bit - '0');
    return npy("|b1", shape, bits);
  };
  Members masks = with(small_gnn_benchmark(), "train_mask.npy", bools("(4,)", "1000"));
  masks = with(masks, "val_mask.npy", bools("(4,)", "0100"));
  masks = with(masks, "test_mask.npy", bools("(4,)", "0011"));
  Dataset set = read(read_gnn_benchmark, folder, masks);
  REQUIRE(set.splits.size() == 1);
  CHECK(set.splits[0].train == Nodes{0});
  CHECK(set.splits[0].validation == Nodes{1});
  CHECK(set.splits[0].test == Nodes{2, 3});
  CHECK_FALSE(set.largest_component);
  CHECK(set.notes.empty());
  check_bad_in(masks, "test_mask", bools("(4,)", "0111"), "node 1 stands in more than one of");
  check_bad_in(masks, "test_mask", bools("(3,)", "011"), "[nodes, splits] or [splits, nodes]");
  set = read(read_gnn_benchmark, folder, with(masks, "train_mask.npy", bools("(4, 2)", "10000000")));
  REQUIRE(set.splits.size() == 2);
  CHECK(set.splits[0].train == Nodes{0});
  CHECK(set.splits[1].train.empty());
  CHECK(set.splits[1].test == Nodes{2, 3});  // that of all splits
  check_bad_in(with(masks, "train_mask.npy", bools("(4, 3)", "100000000000")), "val_mask", bools("(4, 2)", "00000000"),
               "'val_mask': has 2 splits, want 3 as 'train_mask', or one for all");
  for (const bool by_node : {true, false}) {
    Members two = small_gnn_benchmark();
    const char* shape = by_node ? "(4, 2)" : "(2, 4)";
    two = with(two, "train_mask.npy", bools(shape, by_node ? "10010000" : "10000100"));
    two = with(two, "val_mask.npy", bools(shape, "00000000"));
    two = with(two, "test_mask.npy", bools(shape, by_node ? "00001100" : "00100010"));
    set = read(read_gnn_benchmark, folder, two);
    REQUIRE(set.splits.size() == 2);
    CHECK(set.splits[0].train == Nodes{0});
    CHECK(set.splits[1].train == Nodes{1});
    CHECK(set.splits[1].test == Nodes{2});
  }
  Members lists = with(small_gnn_benchmark(), "idx_train.npy", integers({2, 0}));
  lists = with(with(lists, "idx_val.npy", integers({1})), "idx_test.npy", integers({3}));
  CHECK(read(read_gnn_benchmark, folder, lists).splits.at(0).train == Nodes{0, 2});
  Members other = with(small_gnn_benchmark(), "train_idx.npy", integers({2, 0}));
  other = with(with(other, "val_idx.npy", integers({1})), "test_idx.npy", integers({3}));
  CHECK(read(read_gnn_benchmark, folder, other).splits.at(0).train == Nodes{0, 2});
  Members numbers = with(small_gnn_benchmark(), "mask_train.npy", integers({2, 0}));
  numbers = with(with(numbers, "mask_val.npy", integers({1})), "mask_test.npy", integers({3}));
  const Dataset numbered = read(read_gnn_benchmark, folder, numbers);
  CHECK(numbered.splits.at(0).test == Nodes{3});
  CHECK(has_note(numbered, "'mask_train' holds 2 numbers of nodes, which are its part"));
  check_bad_in(lists, "idx_val", integers({4}), "'idx_val': node 4 is out of range, want 0 … 3");
  check_bad_in(lists, "idx_val", integers({1, 1}), "'idx_val': node 1 is here twice");
}

TEST_CASE("a heterophilous archive has its edges as they stand, and its splits") {
  const TempFolder folder;
  const Dataset set = read(read_heterophilous, folder, small_heterophilous());
  CHECK(set.format == "heterophilous");
  CHECK(set.graph == from_edges(4, std::vector<NodePair>{{1, 0}, {1, 2}, {3, 3}}));  // column 0 has the sources
  const auto& x = std::get<Tensor>(set.features);                                    // 1/4 zeros
  CHECK(x(3, 1) == 6);
  CHECK(set.labels == std::vector<std::int32_t>{0, 2, 1, 0});
  CHECK(set.class_names.size() == 3);
  REQUIRE(set.splits.size() == 2);
  CHECK(set.splits[0].train == std::vector<Node>{0});  // in Fortran order, (k, i) is at 2i + k
  CHECK(set.splits[1].train == std::vector<Node>{1});
  CHECK(set.splits[0].validation == std::vector<Node>{1});
  CHECK(set.splits[0].test == std::vector<Node>{2, 3});
  const auto many_zeros =
      with(small_heterophilous(), "node_features.npy", npy("<f4", "(4, 2)", raw<float>({0, 0, 2, 0, 0, 0, 0, 1})));
  CHECK(std::get<SparseMatrix>(read(read_heterophilous, folder, many_zeros).features).nonzeros() == 2);
}

TEST_CASE("a heterophilous archive may have no masks, or those of a single split") {
  const TempFolder folder;
  Members none = small_heterophilous();
  for (const char* name : {"train_masks.npy", "val_masks.npy", "test_masks.npy"})
    none = without(none, name);
  const Dataset set = read(read_heterophilous, folder, none);
  CHECK(set.splits.empty());
  CHECK(set.nodes() == 4);
  const auto bits = [](const std::string& text) { return npy("|b1", "(4,)", text); };
  Members one = with(none, "train_mask.npy", bits(std::string("\1\0\0\0", 4)));
  one = with(one, "test_mask.npy", bits(std::string("\0\0\1\1", 4)));
  check_refused([&] { read(read_heterophilous, folder, one); }, {"small.npz: has no member 'val_mask'"});
  one = with(one, "val_mask.npy", bits(std::string("\0\1\0\0", 4)));
  const Dataset split = read(read_heterophilous, folder, one);
  REQUIRE(split.splits.size() == 1);
  CHECK(split.splits[0].train == std::vector<Node>{0});
  CHECK(split.splits[0].test == std::vector<Node>{2, 3});
  CHECK(split.notes == set.notes);
  check_refused([&] { read(read_heterophilous, folder, without(one, "train_mask.npy")); },
                {"small.npz: has no member 'train_mask' beside 'val_mask'"});
}

TEST_CASE("an archive of another kind is refused with the way to one that is read") {
  const TempFolder folder;
  const auto refused_archive = [&](const std::vector<std::string>& names, const std::string& why) {
    Members members;
    for (const std::string& name : names)
      members.emplace_back(name + ".npy", integers({1}));
    write_zip(folder.path() / "other.npz", members);
    check_refused([&] { read_dataset(folder.path() / "other.npz"); },
                  {"other.npz: is an archive of neither known kind", why});
  };
  refused_archive({"indices", "indptr", "format", "shape", "data"}, "adj_indptr=A.indptr");
  refused_archive({"x", "y", "edge_index"}, "edges=edge_index.T");
  refused_archive({"one", "two"}, "it has 'one', 'two'");
}

TEST_CASE("an archive may have no features or no labels, with a note of what would give them") {
  const TempFolder folder;
  const Dataset unlabelled = read(read_gnn_benchmark, folder, without(small_gnn_benchmark(), "labels.npy"));
  CHECK(unlabelled.labels == std::vector<std::int32_t>(static_cast<std::size_t>(unlabelled.nodes()), -1));
  CHECK(test::has_note(unlabelled.notes, "no node has a label: a member labels would give them"));
  Members bare = small_gnn_benchmark();
  std::erase_if(bare, [](const auto& member) { return member.first.starts_with("attr_"); });
  const Dataset featureless = read(read_gnn_benchmark, folder, bare);
  CHECK(featureless.feature_count() == 0);
  CHECK(test::has_note(featureless.notes, "a member attr_matrix would give them, or --features degree or identity"));
  const Dataset edges = read(read_heterophilous, folder, without(small_heterophilous(), "node_features.npy"));
  CHECK(edges.feature_count() == 0);
  CHECK(edges.classes() > 0);
  Members unnamed = without(small_heterophilous(), "node_labels.npy");
  write_zip(folder.path() / "unnamed.npz", unnamed);
  const Dataset nameless = read_dataset(folder.path() / "unnamed.npz");
  CHECK(nameless.classes() == 0);
  CHECK(nameless.nodes() == edges.nodes());
}

TEST_CASE("a missing member is named, or the archive is another format") {
  const TempFolder folder;
  for (const auto& entry : small_gnn_benchmark()) {
    const std::string& name = entry.first;
    const std::string member = name.substr(0, name.size() - 4);
    if (member == "class_names" || member == "node_names" || member == "labels") continue;
    const auto incomplete = [&] { read(read_gnn_benchmark, folder, without(small_gnn_benchmark(), name)); };
    check_refused(incomplete, {"small.npz: has no member '" + member + "'"});
  }
  for (const auto& entry : small_heterophilous()) {
    const std::string& name = entry.first;
    if (name == "node_features.npy" || name == "node_labels.npy") continue;
    const auto incomplete = [&] { read(read_heterophilous, folder, without(small_heterophilous(), name)); };
    check_refused(incomplete, {"small.npz: has no member '" + name.substr(0, name.size() - 4) + "'"});
  }
  write_zip(folder.path() / "other.npz", {{"x.npy", integers({1})}});
  CHECK_FALSE(is_gnn_benchmark(Npz(folder.path() / "other.npz")));
  CHECK_FALSE(is_heterophilous(Npz(folder.path() / "other.npz")));
}

TEST_CASE("members of gnn-benchmark that don't fit each other are refused") {
  const auto bad = [](const std::string& member, const std::string& bytes, const std::string& piece) {
    check_bad(read_gnn_benchmark, member, bytes, piece);
  };
  bad("adj_indptr", integers({0, 2, 3, 3}), "'adj_indptr': has the shape (4), want (5)");
  bad("adj_indptr", integers({0, 3, 2, 3, 4}), "'adj_indptr': row 1: the offsets fall");
  bad("adj_indptr", integers({1, 2, 3, 3, 4}), "starts with 1, want 0");
  bad("adj_indptr", integers({0, 2, 3, 3, 5}), "'adj_indices': has the shape (4), want (5)");
  bad("adj_indices", integers({1, 2, 4, 3}), "row 1: node 4 is out of range, want 0 … 3");
  bad("adj_indices", integers({1, 2, -1, 3}), "node -1 is out of range");
  bad("adj_indices", row<float>("<f4", {1, 2, 2.5f, 3}), "item 2: the value 2.5");
  bad("adj_data", row<float>("<f4", {1, std::nanf(""), 1, 1}), "row 0, column 2: the weight is not finite");
  bad("adj_shape", row<std::int64_t>("<i8", {4, 5}), "is 4 x 5, want a square");
  bad("adj_shape", row<std::int64_t>("<i8", {std::int64_t{1} << 62, 4}), "want sizes below 2^31");
  bad("adj_shape", row<std::int64_t>("<i8", {-1, 4}), "want sizes below 2^31");
  bad("adj_shape", integers({4}), "has the shape (1), want (2)");
  bad("attr_shape", row<std::int64_t>("<i8", {4, 1}), "row 0: has column 2, want 0 … 0");
  bad("attr_indices", integers({0, 0, 1, 1}), "row 0: names column 0 twice");
  bad("attr_data", row<float>("<f4", {1, 2, 1, HUGE_VALF}), "row 2: column 1: the value inf is not finite");
  bad("attr_data", row<double>("<f8", {1, 2, 1, std::nan("")}), "row 2: column 1: the value nan");
  bad("labels", row<std::int64_t>("<i8", {0, 1, 0}),
      "'labels': has the shape (3), want one class for each of the 4 nodes");
  const TempFolder none;
  const Members gap = with(small_gnn_benchmark(), "labels.npy", row<std::int64_t>("<i8", {0, 1, -1, -1}));
  const Dataset set = read(read_gnn_benchmark, none, gap);
  CHECK(set.labels == std::vector<std::int32_t>{0, 1, -1, -1});
  CHECK(set.notes == std::vector<std::string>{"'-1' is taken as no label (2 nodes)"});
  bad("labels", row<std::int64_t>("<i8", {0, 1, 0, -2}), "node 3: the label is -2");
  bad("labels", row<std::int64_t>("<i8", {0, 1, 0, std::int64_t{1} << 40}), "the label is 1099511627776");
  bad("labels", integers({0, 1, 2, 1}), "names 2 classes, the labels want 3");
  bad("node_names", npy("|S1", "(3,)", "abc"), "'node_names': has the shape (3), want (4)");
  bad("class_names", integers({1, 2}), "want texts");
}

TEST_CASE("members of heterophilous archives that don't fit each other are refused") {
  const auto bad = [](const std::string& member, const std::string& bytes, const std::string& piece) {
    check_bad(read_heterophilous, member, bytes, piece);
  };
  const float nan = std::nanf("");
  bad("node_labels", integers({0, 1, 0}), "'edges': row 2: node 3 is out of range, want 0 … 2");
  bad("node_labels", npy("<i4", "(2, 2, 1)", raw<std::int32_t>({0, 1, 0, 1})),
      "has the shape (2, 2, 1), want one class for each");
  bad("edges", npy("<i8", "(2, 3)", raw<std::int64_t>({0, 1, 2, 1, 3, 3})), "has the shape (2, 3), want (any, 2)");
  bad("edges", npy("<i8", "(1, 2)", raw<std::int64_t>({0, -1})), "node -1 is out of range");
  bad("node_features", npy("<f4", "(3, 2)", raw<float>({1, 2, 3, 4, 5, 6})), "has the shape (3, 2), want (4, any)");
  bad("node_features", npy("<f4", "(4, 1)", raw<float>({1, 2, nan, 4})),
      "row 2: column 0: the value nan is not finite");
  bad("node_features", npy("<f4", "(4, 1)", raw<float>({0, 0, 0, nan})),
      "row 3: column 0: the value nan is not finite");
  bad("node_features", npy("<U1", "(4, 1)", raw<std::uint32_t>({1, 2, 3, 4})), "want numbers");
  bad("val_masks", npy("|b1", "(1, 4)", std::string(4, '\0')), "'val_masks': has the shape (1, 4), want (2, 4)");
  bad("test_masks", npy("|b1", "(2, 4)", std::string("\0\1\0\0\0\0\0\0", 8)),
      "more than one of train, validation and test");
  bad("test_masks", npy("|i1", "(2, 4)", std::string("\0\0\0\0\0\0\0\2", 8)), "the value 2 doesn't fit");
}

TEST_CASE("an archive cut short is refused wherever it is cut") {
  const TempFolder folder;
  const auto file = folder.path() / "small.npz";
  for (const bool deflate : {false, true}) {
    write_zip(file, small_heterophilous(), deflate);
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    for (std::size_t part = 0; part < 16; ++part) {
      const auto cut = folder.write("cut.npz", bytes.substr(0, bytes.size() * part / 16));
      check_refused([&] { read_heterophilous(cut, Npz(cut)); }, {"cut.npz: "});
    }
  }
}

TEST_CASE("a damaged member is found by its checksum") {
  const TempFolder folder;
  const auto file = folder.path() / "small.npz";
  write_zip(file, small_heterophilous());
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const std::string items = raw<float>({1, 0, 2, 3, 0, 4, 5, 6});
  bytes[bytes.find(items) + 5] ^= 1;
  const auto bad = folder.write("bad.npz", bytes);
  check_refused([&] { read_heterophilous(bad, Npz(bad)); }, {"bad.npz: member 'node_features'", "is damaged", "CRC"});
}

TEST_CASE("a feature of an archive that names the classes one to one is noted") {
  const TempFolder folder;
  const auto file = folder.path() / "leak.npz";
  const auto write = [&](const std::vector<float>& x) {
    write_zip(file, {{"edges.npy", npy("<i4", "(2, 2)", raw<std::int32_t>({0, 1, 1, 2}))},
                     {"node_labels.npy", row<std::int64_t>("<i8", {0, 1, 0, 1, 0, 1})},
                     {"node_features.npy", npy("<f4", "(6, 2)", raw(x))}});
    return read_dataset(file);
  };
  CHECK(has_note(write({1, 0, 2, 1, 3, 0, 1, 1, 2, 0, 5, 1}), "feature 2 names the classes of the labels one to one"));
  CHECK_FALSE(has_note(write({1, 0, 2, 1, 3, 0, 1, 1, 2, 0, 5, 0}), "one to one"));
}
