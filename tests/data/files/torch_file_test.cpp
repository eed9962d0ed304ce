// Files of torch.save: good ones as PyTorch and PyTorch Geometric write them, and bad ones.
#include "mercer/data/torch_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "data/texts.hpp"
#include "mercer/data/read.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"
#include "support/torch_writer.hpp"

using namespace mercer;
using namespace mercer::test;

namespace fs = std::filesystem;

namespace {

/// A graph of three nodes and two edges each way, with labels and features.
struct SmallGraph {
  std::string x = pickled_entry("x", pickled_tensor("FloatStorage", "0", 6, 0, {3, 2}, {2, 1}));
  std::string edges = pickled_entry("edge_index", pickled_tensor("LongStorage", "1", 8, 0, {2, 4}, {4, 1}));
  std::string y = pickled_entry("y", pickled_tensor("LongStorage", "2", 3, 0, {3}, {1}));
  std::string rest;
  Members storages{{"0", raw<float>({1, 2, 3, 4, 5, 6})},
                   {"1", raw<std::int64_t>({0, 1, 1, 2, 1, 0, 2, 1})},
                   {"2", raw<std::int64_t>({1, 0, -1})},
                   {"3", std::string("\1\0\0", 3)},
                   {"4", std::string("\0\1\1", 3)}};

  std::string body() const { return "}(" + x + edges + y + rest + "u"; }
};

void check_bad_graph(const SmallGraph& graph, const std::string& piece) {
  const TempFolder folder;
  const auto file = write_torch(folder / "some.pt", graph.body(), graph.storages);
  check_refused([&] { read_dataset(file); }, {"some.pt", piece});
}

}  // namespace

TEST_CASE("tensors of a dictionary, with strides, nested by dots") {
  const TempFolder folder;
  const std::string inner = "}(" + pickled_entry("weight", pickled_tensor("FloatStorage", "0", 6, 0, {3, 2}, {1, 3})) +
                            pickled_entry("tail", pickled_tensor("FloatStorage", "0", 6, 4, {2}, {1})) + "u";
  const std::string body = "}(" + pickled_entry("epoch", pickled(7)) + pickled_entry("model", inner) +
                           pickled_entry("scalar", pickled_tensor("BoolStorage", "3", 3, 0, {}, {})) + "u";
  const TorchFile file(write_torch(folder / "some.pt", body, SmallGraph().storages));
  CHECK_FALSE(file.is_data());
  CHECK(file.names() == std::vector<std::string>{"model.weight", "model.tail", "scalar"});
  CHECK(file.others() == std::vector<std::string>{"epoch"});
  CHECK(file.integer("epoch") == 7);
  CHECK_FALSE(file.integer("model.weight"));
  CHECK(file.shape("model.weight") == std::vector<Index>{3, 2});
  CHECK(file.at("model.weight").as<float>() == std::vector<float>{1, 4, 2, 5, 3, 6});  // transposed
  CHECK(file.at("model.tail").as<float>() == std::vector<float>{5, 6});
  CHECK(file.at("scalar").as<bool>() == std::vector<bool>{true});
  check_refused([&] { file.at("model"); }, {"some.pt: has no tensor 'model'"});
}

TEST_CASE("numpy arrays in a file of torch.save are tensors, and nothing else stands for one in silence") {
  const TempFolder folder;
  SmallGraph graph;
  graph.x = pickled_entry("x", pickled_array("f8", {3, 2}, raw<double>({1, 2, 3, 4, 5, 6})));
  graph.edges = pickled_entry("edge_index", pickled_array("i4", {2, 4}, raw<std::int32_t>({0, 1, 1, 2, 1, 0, 2, 1})));
  graph.y = pickled_entry("y", pickled_array("i8", {3}, raw<std::int64_t>({1, 0, 1})));
  graph.rest = pickled_entry("train_mask", pickled_array("b1", {3}, std::string("\1\0\0", 3))) +
               pickled_entry("test_mask", pickled_array("b1", {3}, std::string("\0\1\1", 3)));
  const auto file = write_torch(folder / "arrays.pt", graph.body(), {});
  const Dataset data = read_dataset(file);
  CHECK(std::get<Tensor>(data.features)(2, 1) == 6);
  CHECK(data.graph.edges() == 4);
  CHECK(data.labels == std::vector<std::int32_t>{1, 0, 1});
  REQUIRE(data.splits.size() == 1);
  CHECK(data.splits[0].train == std::vector<Node>{0});
  CHECK(data.splits[0].test == std::vector<Node>{1, 2});
  CHECK(TorchFile(file).at("x").source.ends_with("arrays.pt: 'x'"));

  SmallGraph listed = graph;
  listed.rest = pickled_entry("train_idx", pickled_array("i8", {1}, raw<std::int64_t>({2}))) +
                pickled_entry("test_idx", pickled_array("i8", {2}, raw<std::int64_t>({1, 0})));
  const Dataset lists = read_dataset(write_torch(folder / "lists.pt", listed.body(), {}));
  REQUIRE(lists.splits.size() == 1);
  CHECK(lists.splits[0].train == std::vector<Node>{2});
  CHECK(lists.splits[0].test == std::vector<Node>{0, 1});

  graph.x = pickled_entry("x", pickled_global("scipy.sparse._csr", "csr_matrix") + ")\x81}b");
  check_bad_graph(graph, "'x': is a matrix of scipy.sparse, want a tensor of numbers, as data.x = torch.from_numpy(");
  graph.x = pickled_entry("x", pickled_array("O8", {3}, std::string(24, ' ')));
  check_bad_graph(graph, "'x': is a numpy array of texts, objects or big-endian numbers, want a tensor of numbers");
  graph.x = pickled_entry("x", pickled(std::string("words")));
  check_bad_graph(graph, "'x': is a text, want a tensor of numbers");
}

TEST_CASE("a Data of PyTorch Geometric is a data set") {
  const TempFolder folder;
  SmallGraph graph;
  graph.rest = pickled_entry("train_mask", pickled_tensor("BoolStorage", "3", 3, 0, {3}, {1})) +
               pickled_entry("test_mask", pickled_tensor("BoolStorage", "4", 3, 0, {3}, {1})) +
               pickled_entry("pos", "N") +
               pickled_entry("_cached_attr", pickled_global("torch_geometric.data.storage", "AttrType") +
                                                 pickled(std::string("EDGE")) + "\x85R");
  const std::string data = pickled_global("torch_geometric.data.data", "Data") + ")\x81}(" +
                           pickled(std::string("_store")) +
                           pickled_global("torch_geometric.data.storage", "GlobalStorage") + ")\x81}(" +
                           pickled(std::string("_mapping")) + graph.body() + "ubub";
  const auto file = write_torch(folder / "some.pt", data, graph.storages);
  CHECK(is_torch_file(file));
  const Dataset set = read_dataset(file);
  CHECK(set.name == "some");
  CHECK(set.format == "torch");
  CHECK(set.graph.edges() == 4);
  CHECK_FALSE(set.directed);
  CHECK(set.labels == std::vector<std::int32_t>{1, 0, -1});
  CHECK(std::get<Tensor>(set.features)(2, 1) == 6);
  REQUIRE(set.splits.size() == 1);
  CHECK(set.splits[0].train == std::vector<Node>{0});
  CHECK(set.splits[0].test == std::vector<Node>{1});
  CHECK(set.notes == std::vector<std::string>{"'-1' is taken as no label (1 node)",
                                              "masks: 1 node without a label is left out of the split: 1 of the test",
                                              "not read: 'pos', '_cached_attr'"});
}

TEST_CASE("a mask [nodes] beside masks [nodes, splits] is that of all splits; none without training nodes") {
  const TempFolder folder;
  SmallGraph graph;
  graph.storages.emplace_back("5", std::string("\1\0\0\1\0\0", 6));
  graph.storages[2].second = raw<std::int64_t>({1, 0, 1});
  graph.storages[4].second = std::string("\0\0\1", 3);
  const std::string train = pickled_entry("train_mask", pickled_tensor("BoolStorage", "5", 6, 0, {3, 2}, {2, 1}));
  const std::string test = pickled_entry("test_mask", pickled_tensor("BoolStorage", "4", 3, 0, {3}, {1}));
  for (const std::string& rest : {train + test, test + train}) {
    graph.rest = rest;
    const Dataset set = read_dataset(write_torch(folder / "some.pt", graph.body(), graph.storages));
    REQUIRE(set.splits.size() == 2);
    CHECK(set.splits[0].train == std::vector<Node>{0});
    CHECK(set.splits[1].train == std::vector<Node>{1});
    CHECK(set.splits[0].test == std::vector<Node>{2});
    CHECK(set.splits[1].test == std::vector<Node>{2});
  }
  graph.rest = test;
  check_bad_graph(graph, "has no tensor 'train_mask' beside 'test_mask', want both");
  graph.rest = pickled_entry("val_mask", pickled_tensor("BoolStorage", "4", 3, 0, {3}, {1}));
  check_bad_graph(graph, "has no tensor 'train_mask' beside 'val_mask', want both");
}

TEST_CASE("masks of nodes' numbers are these nodes, with a note") {
  const TempFolder folder;
  SmallGraph graph;
  graph.storages[2].second = raw<std::int64_t>({1, 0, 1});
  graph.storages.emplace_back("5", raw<std::int64_t>({2, 0}));
  graph.storages.emplace_back("6", raw<std::int64_t>({1}));
  graph.rest = pickled_entry("train_mask", pickled_tensor("LongStorage", "5", 2, 0, {2}, {1})) +
               pickled_entry("test_mask", pickled_tensor("LongStorage", "6", 1, 0, {1}, {1}));
  const Dataset set = read_dataset(write_torch(folder / "some.pt", graph.body(), graph.storages));
  REQUIRE(set.splits.size() == 1);
  CHECK(set.splits[0].train == std::vector<Node>{0, 2});
  CHECK(set.splits[0].test == std::vector<Node>{1});
  CHECK(test::has_note(set.notes, "'train_mask' holds 2 numbers of nodes, which are its part"));
  for (const std::vector<std::int64_t>& bad : {std::vector<std::int64_t>{3, 0}, {0, 0}}) {
    graph.storages[5].second = raw<std::int64_t>(bad);
    check_bad_graph(graph, "has the shape (2), want [nodes] of True and False, or");
  }
}

TEST_CASE("edges that go one way stay so, weights of repeated edges are added") {
  const TempFolder folder;
  SmallGraph graph;
  graph.storages[1].second = raw<std::int64_t>({0, 0, 1, 2, 1, 1, 2, 2});
  graph.rest = pickled_entry("edge_weight", pickled_tensor("FloatStorage", "0", 6, 0, {4}, {1}));
  const Dataset set = read_dataset(write_torch(folder / "some.pt", graph.body(), graph.storages));
  CHECK(set.directed);
  CHECK(set.graph.neighbours(1)[0] == 0);  // the target's row holds the source
  CHECK(set.edge_weights == std::vector<Real>{3, 3, 4});
  CHECK(set.notes.at(1) == "1 repeated edges are merged; their weights are added");
}

TEST_CASE("bad graphs are refused with the tensor") {
  const auto changed = [](auto&& change) {
    SmallGraph graph;
    change(graph);
    return graph;
  };
  const auto entry = [](const char* name, const std::string& tensor) { return pickled_entry(name, tensor); };
  check_bad_graph(changed([](SmallGraph& g) { g.storages[1].second[0] = 3; }),
                  "'edge_index': edge 0: node 3 is out of range, want 0 … 2");
  check_bad_graph(changed([](SmallGraph& g) { g.storages.erase(g.storages.begin()); }), "has no member 'some/data/0'");
  check_bad_graph(changed([](SmallGraph& g) { g.storages[0].second.resize(20); }), "has 20 bytes, want 6 items");
  check_bad_graph(changed([&](SmallGraph& g) {
                    g.x = entry("x", pickled_tensor("FloatStorage", "0", 6, 0, {3, 3}, {3, 1}));
                  }),
                  "'x': its shape doesn't fit its storage");
  check_bad_graph(changed([&](SmallGraph& g) {
                    g.x = entry("x", pickled_tensor("FloatStorage", "0", 6, 0, {0x7FFFFFFF, 0x7FFFFFFF}, {0, 0}));
                  }),
                  "claims 2147483647 nodes");
  check_bad_graph(changed([&](SmallGraph& g) {
                    g.x = entry("x", pickled_tensor("HalfStorage", "0", 6, 0, {3, 2}, {2, 1}));
                  }),
                  "'x': has items float16, want float32");
  check_bad_graph(changed([&](SmallGraph& g) {
                    g.y = entry("y", pickled_tensor("FloatStorage", "0", 6, 0, {2, 3}, {3, 1}));
                  }),
                  "'y': has the shape (2, 3), want one class for each of the 3 nodes");
  check_bad_graph(changed([&](SmallGraph& g) {
                    g.rest = entry("train_mask", pickled_tensor("BoolStorage", "3", 3, 0, {3}, {1})) +
                             entry("val_mask", pickled_tensor("BoolStorage", "3", 3, 0, {3}, {1}));
                  }),
                  "node 0 stands in more than one of train, validation and test");
  check_bad_graph(changed([&](SmallGraph& g) {
                    g.rest = entry("edge_weight", pickled_tensor("FloatStorage", "0", 6, 0, {3}, {1}));
                  }),
                  "'edge_weight': has the shape (3), want one for each of the 4 edges");
  check_bad_graph(changed([](SmallGraph& g) { g.y = pickled_entry("y", "]"); }),
                  "'y': is a list of Python, want a tensor of numbers");
  check_bad_graph(changed([](SmallGraph& g) { g.edges = ""; }), "holds no graph");
  check_bad_graph(changed([](SmallGraph& g) { g.rest = g.y; }), "'y': stands there twice");
  check_bad_graph(changed([](SmallGraph& g) { g.rest = pickled_global("torch.nn.modules.linear", "Linear"); }),
                  "'torch.nn.modules.linear Linear' is not among");
  const auto check_global = [&](const char* module, const char* name, const char* way_out) {
    check_bad_graph(changed([&](SmallGraph& g) { g.rest = pickled_global(module, name); }), way_out);
  };
  check_global("torch._utils", "_rebuild_sparse_tensor", "sparse tensors are not read: save data.x.to_dense()");
  check_global("torch_sparse.tensor", "SparseTensor", "edge_index in place of adj_t");
  check_global("torch_geometric.data.hetero_data", "HeteroData", "save data.to_homogeneous()");
  check_global("torch_geometric.data.temporal", "TemporalData",
               "a TemporalData, whose edges are events in time, is not");
  check_global("torch_geometric.data.batch", "DynamicInheritanceGetter", "want a single Data: save batch[0]");
}

TEST_CASE("a list or tuple of graphs is named, with the way to one") {
  const TempFolder folder;
  const SmallGraph graph;
  const std::string data = pickled_global("torch_geometric.data.data", "Data") + ")\x81}(" +
                           pickled(std::string("_store")) + graph.body() + "ub";
  const auto refused = [&](const std::string& body, const char* why) {
    const auto file = write_torch(folder / "some.pt", body, graph.storages);
    check_refused([&] { read_dataset(file); }, {"some.pt: ", why});
  };
  refused("](" + data + data + data + "e", "holds a list of 3 graphs, want a single one");
  refused("](" + data + "e", "holds a list of 1 graphs, want a single one");  // is not taken for a set of graphs
  refused("(" + data + data + "t", "holds a tuple of 2 graphs, want a single one, whose nodes are learned of: save");
  refused("](" + pickled(1) + pickled(2) + "e", "holds a list of 2 objects, want a Data of PyTorch Geometric");
  refused(")", "holds a tuple of 0 objects");
}

TEST_CASE("a dictionary in itself ends") {
  const TempFolder folder;
  const TorchFile file(write_torch(folder / "some.pt", "}q\x01(" + pickled_entry("again", "h\x01") + "u", {}));
  CHECK(file.names().empty());
  CHECK(file.others() == std::vector<std::string>{"again.again.again.again"});
  CHECK_FALSE(is_torch_file(folder.write("no.pt", "PK but no archive")));
  CHECK_FALSE(is_torch_file(folder / "missing.pt"));
}

TEST_CASE("a checkpoint is read beside the state of its optimizer, whose keys are numbers") {
  const TempFolder folder;
  const SmallGraph graph;
  const std::string tensor = pickled_tensor("FloatStorage", "0", 6, 0, {3, 2}, {2, 1});
  const std::string body = "}(" + pickled_entry("model", "}(" + pickled_entry("weight", tensor) + "u") +
                           pickled_entry("opt", "}(" + pickled_entry("state", "}(" + pickled(0) + tensor + "u") + "u") +
                           "u";
  const TorchFile file(write_torch(folder / "some.pt", body, graph.storages));
  CHECK(file.names() == std::vector<std::string>{"model.weight"});
  CHECK(file.others() == std::vector<std::string>{"opt.state"});
  check_refused([&] { TorchFile(write_torch(folder / "some.pt", "}(" + pickled(0) + tensor + "u", graph.storages)); },
                {"a dictionary has a key that is no text"});
}

TEST_CASE("changed files of torch.save are read or refused") {
  const TempFolder folder;
  const SmallGraph graph;
  Random random(5);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    Members members{{"some/data.pkl", mutated(pickle(graph.body()), random)}};
    for (const auto& [key, bytes] : graph.storages)
      members.emplace_back("some/data/" + key, bytes);
    write_zip(folder / "some.pt", members);
    try {
      read_dataset(folder / "some.pt");
    } catch (const FileError&) {
      ++refused;
    }
  }
  CHECK(refused > 1000);
  CHECK(refused < 2000);
}

TEST_CASE("what PyTorch Geometric saves") {
  const TempFolder folder;
  const std::string script = MERCER_SOURCE_DIR "/tests/data/python/torch_inputs.py";
  if (std::system(("python3 '" + script + "' '" + folder.path().string() + "'").c_str()) != 0) {
    MESSAGE("SKIPPED: python3 with torch and torch_geometric is needed to run ", script);
    return;
  }
  for (const char* name : {"data", "dictionary", "processed", "slices"}) {
    CAPTURE(name);
    const Dataset set = read_dataset(folder / (std::string(name) + ".pt"));
    CHECK(set.labels == std::vector<std::int32_t>{0, 2, 1, -1, 0});
    CHECK(std::get<Tensor>(set.features)(1, 3) == 16);  // x was saved transposed
    CHECK(set.graph.edges() == 6);
    CHECK(set.edge_weights[0] == 1);
    CHECK(set.splits[0].train == std::vector<Node>{0, 1});
    CHECK(set.splits[0].test == std::vector<Node>{4});
  }
  const Dataset bare = read_dataset(folder / "no_features.pt");
  CHECK(bare.nodes() == 5);
  CHECK(bare.splits.size() == 2);
  CHECK(bare.splits[1].validation == std::vector<Node>{2});
  check_refused([&] { read_dataset(folder / "two_graphs.pt"); }, {"holds 2 graphs, want a single one"});
  check_refused([&] { read_dataset(folder / "module.pt"); }, {"torch.nn.modules.linear Linear", "state_dict()"});
  check_refused([&] { read_dataset(folder / "half.pt"); }, {"'x': has items float16"});
  check_refused([&] { read_dataset(folder / "state.pt"); }, {"mercer import"});
}

TEST_CASE("a file of PyTorch before 1.6 is refused with the way out") {
  const TempFolder folder;
  const std::string old = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.";
  const auto path = folder.write("old.pt", old);
  check_refused([&] { read_dataset(path); }, {"old.pt: is a file of PyTorch in the form of before 1.6; torch.save("});
  check_refused([&] { TorchFile{path}; }, {"old.pt: is no", "but a file of PyTorch in the form of before 1.6"});
}

TEST_CASE("a root folder of PyTorch Geometric is read by its processed file, else by its raw ones") {
  const TempFolder folder;
  const SmallGraph graph;
  const fs::path root = folder / "Small", processed = root / "processed";
  fs::create_directories(processed);
  write_torch(processed / "data.pt", graph.body(), graph.storages);
  for (const char* other : {"pre_filter.pt", "pre_transform.pt"})
    write_torch(processed / other, "}", {});
  for (const fs::path& path : {root, processed, processed / "data.pt", folder.path()}) {
    const Dataset set = read_dataset(path);
    CHECK(set.name == "Small");
    CHECK(set.nodes() == 3);
  }
  CHECK(read_dataset(root).notes.back() == "read from processed/data.pt");
  fs::remove_all(processed);
  fs::create_directories(root / "raw");
  write_planetoid(root / "raw", small_planetoid());
  CHECK(read_dataset(root).name == "small");
}
