#include "data/formats/planetoid.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "mercer/graph/inspect.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// Expects an error with these texts for the small set with one file replaced.
void check_bad(const std::string& member, const std::string& bytes, const std::string& piece) {
  const TempFolder folder;
  auto files = small_planetoid();
  files.at(member) = bytes;
  const auto prefix = write_planetoid(folder.path(), files);
  check_refused([&] { read_planetoid(prefix); }, {"ind.small." + member, piece});
}

std::string one_hot(const std::vector<std::int32_t>& shape, const std::vector<std::int32_t>& marks) {
  return pickle(pickled_array("i4", shape, raw(marks)));
}

std::string lists(const std::vector<std::vector<std::int32_t>>& neighbours) {
  return pickle(pickled_lists(neighbours));
}

}  // namespace

TEST_CASE("the eight files make one set") {
  const TempFolder folder;
  const auto prefix = write_planetoid(folder.path(), small_planetoid());
  for (const char* member : {"", ".x", ".allx", ".graph", ".test.index"}) {
    const std::filesystem::path path = prefix.string() + member;
    CHECK(is_planetoid(path));
    CHECK(read_planetoid(path).name == "small");
  }
  const Dataset set = read_planetoid(prefix);
  CHECK(set.nodes() == 8);
  CHECK(is_symmetric(set.graph));
  CHECK(set.graph.edges() == 8);  // 0–1, 1–2, 3–4, 5–7, both ways
  CHECK(set.labels == std::vector<std::int32_t>{0, 1, -1, 0, 1, 0, -1, 1});
  const Tensor x = std::get<SparseMatrix>(set.features).to_dense();
  CHECK(x(3, 2) == Real(0.5));
  CHECK(x(7, 4) == 3);  // row 0 of tx
  CHECK(x(5, 1) == 1);  // row 1 of tx
  CHECK(set.splits[0].train == std::vector<Node>{0, 1});
  CHECK(set.splits[0].validation == std::vector<Node>{2, 3, 4});
  CHECK(set.splits[0].test == std::vector<Node>{7, 5});
  CHECK(set.class_names == std::vector<std::string>{"0", "1"});
  CHECK(set.notes == std::vector<std::string>{"entries left out because they join a node to itself: 1",
                                              "repeated entries merged: 2",
                                              "nodes without features and label, in neither allx nor tx: 1"});
}

TEST_CASE("only a name that starts with ind. is a Planetoid set") {
  const TempFolder folder;
  CHECK_FALSE(is_planetoid(folder.path()));
  CHECK_FALSE(is_planetoid(folder.path() / "ind.none"));
  CHECK_FALSE(is_planetoid(folder.path() / "ind."));
  CHECK_FALSE(is_planetoid(folder.write("cora.allx", "x")));
  check_refused([&] { read_planetoid(folder.path() / "cora"); }, {"cora: ", "ind.cora"});
}

TEST_CASE("a missing or empty file is named") {
  for (const auto& [member, bytes] : small_planetoid()) {
    const TempFolder folder;
    const auto prefix = write_planetoid(folder.path(), small_planetoid());
    std::filesystem::remove(prefix.string() + "." + member);
    CHECK(is_planetoid(prefix));
    check_refused([&] { read_planetoid(prefix); }, {"ind.small." + member + ": there is no such file"});
    check_bad(member, "", "is empty");
  }
}

TEST_CASE("a file cut short is refused wherever it is cut") {
  for (const auto& [member, bytes] : small_planetoid())
    for (std::size_t part = 0; part < 16; ++part)  // the last line of an index may lack its line end
      check_bad(member, bytes.substr(0, std::min(bytes.size() * part / 16, bytes.size() - 2)), "");
}

TEST_CASE("sizes that differ between files are refused") {
  const float nan = std::nanf(""), infinite = HUGE_VALF;
  const auto features = [](std::vector<std::int32_t> column, std::vector<float> value) {
    return pickle(pickled_csr(2, 5, {0, 1, 3}, column, value));
  };
  check_bad("tx", features({4, 1, 2}, {3, nan, 1}), "row 1: column 1: the value nan is not finite");
  check_bad("tx", features({4, 1, 2}, {infinite, 1, 1}), "row 0: column 4: the value inf");
  check_bad("tx", features({4, 1, 5}, {3, 1, 1}), "row 1: has column 5, want 0 … 4");
  check_bad("tx", features({4, -1, 2}, {3, 1, 1}), "has column -1");
  check_bad("tx", features({4, 2, 2}, {3, 1, 1}), "row 1: names column 2 twice");
  check_bad("tx", pickle(pickled_csr(2, 6, {0, 0, 0}, {}, {})), "has 6 columns, ind.small.allx has 5");
  check_bad("x", pickle(pickled_csr(2, 6, {0, 0, 0}, {}, {})), "has 6 columns");
  check_bad("ally", one_hot({4, 2}, {1, 0, 0, 1, 0, 0, 1, 0}), "labels 4 nodes, want the 5 of ind.small.allx");
  check_bad("ty", one_hot({2, 3}, {1, 0, 0, 0, 1, 0}), "has 3 classes, ind.small.ally has 2");
  check_bad("ty", one_hot({2, 2}, {1, 1, 0, 1}), "row 0, column 1: got 1 a second time");
  check_bad("ty", one_hot({2, 2}, {1, 0, 0, 2}), "row 1, column 1: got 2");
  check_bad("test.index", "7\n", "names 1 nodes, want the 2 of ind.small.tx");
  check_bad("test.index", "7\n7\n", "line 2: names node 7 twice");
  check_bad("test.index", "7\n5.5\n", "line 2: got '5.5', want a node id");
  check_bad("test.index", "7\n8\n", "line 2: node 8 is out of range, want 5 … 7");
  check_bad("test.index", "4\n7\n", "line 1: node 4 is out of range");
  check_bad("test.index", "7\nfive\n", "line 2: got 'five', want a node id");
  check_bad("test.index", "7\n99999999999\n", "line 2: got '99999999999'");
  check_bad("ty", pickle(pickled_array("i4", {2}, raw<std::int32_t>({1, 0}))),
            "has numbers of classes, want the same form as ind.small.ally");
  check_bad("ty", one_hot({2, 2, 1}, {1, 0, 0, 1}), "has 3 dimensions, want 1 or 2");
  check_bad("ty", one_hot({2, 0}, {}), "has no columns");
  check_bad("graph", lists({{1}, {0}, {8}, {}, {}, {}, {}, {}}),
            "neighbours of node 2: node 8 is out of range, want 0 … 7");
  check_bad("graph", pickle("N"), "holds no dictionary");
  check_bad("graph", pickle("}(" + pickled(0) + "]" + pickled(0) + "]u"), "neighbours of node 0: appear twice");
  check_bad("graph", pickle("}(" + pickled(0) + "Nu"), "neighbours of node 0: are no list");
  check_bad("graph", pickle("}(N]u"), "key 0: got something else than a node id");
  check_bad("graph", pickle("}(" + pickled(8) + "]u"), "key 0: node 8 is out of range");
  check_bad("allx", pickle("cos\nsystem\n"), "byte 2: global 'os system'");
}

TEST_CASE("one list shared by many keys makes no more edges than the file has bytes") {
  std::string body = "}(" + pickled(0) + "](";
  for (int j = 0; j < 200; ++j)
    body += pickled(0);
  body += "eq\x01";
  for (int i = 1; i < 200; ++i)
    body += pickled(i) + "h\x01";
  check_bad("graph", pickle(body + "u"), "are more than the file has bytes");
}

TEST_CASE("labels may be numbers, test nodes written as real numbers, nodes without neighbours left out") {
  const TempFolder folder;
  auto files = small_planetoid();
  const auto numbers = [](const std::vector<std::int32_t>& classes) {
    return pickle(pickled_array("i4", {static_cast<std::int32_t>(classes.size())}, raw(classes)));
  };
  const Dataset before = read_planetoid(write_planetoid(folder.path(), files));
  files.at("y") = numbers({0, 1});
  files.at("ally") = numbers({0, 1, -1, 0, 1});
  files.at("ty") = numbers({1, 0});
  files.at("test.index") = "7.000000000000000000e+00\n5.0\n";
  Dataset set = read_planetoid(write_planetoid(folder.path(), files));
  CHECK(set.labels == before.labels);
  CHECK(set.class_names == before.class_names);
  CHECK(set.splits[0].test == before.splits[0].test);
  files.at("graph") = lists({{1}, {0}});
  files.at("test.index") = "6\n5\n";
  set = read_planetoid(write_planetoid(folder.path(), files));
  CHECK(set.nodes() == 7);
  CHECK(set.notes.at(0) == "nodes without neighbours, left out of the graph: 5");
}

TEST_CASE("whatever numpy and scipy pickle, in protocols 2 to 5, is the same set") {
  const TempFolder folder;
  const std::string script = MERCER_SOURCE_DIR "/tests/data/python/pickled_inputs.py";
  const int status = std::system(("python3 '" + script + "' '" + folder.path().string() + "'").c_str());
  if (status != 0) {
    MESSAGE("SKIPPED: python3 with numpy and scipy is needed to pickle ", script);
    return;
  }
  const Dataset csr = read_planetoid(folder / "ind.csr_2");
  CHECK(csr.labels == std::vector<std::int32_t>{0, 1, -1, 0, 1, 0, -1, 1});
  int sets = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (entry.path().extension() != ".graph") continue;
    const Dataset set = read_planetoid(entry.path());
    CAPTURE(set.name);
    ++sets;
    CHECK(set.graph == csr.graph);
    CHECK(set.labels == csr.labels);
    CHECK(set.splits[0].test == csr.splits[0].test);
    const Tensor x = std::get<SparseMatrix>(set.features).to_dense(),
                 wanted = std::get<SparseMatrix>(csr.features).to_dense();
    const Real factor = set.name.starts_with("whole") ? 2 : 1;  // integers: all values are doubled
    for (Index i = 0; i < x.size(); ++i)
      CHECK(x.data()[i] == factor * wanted.data()[i]);
  }
  CHECK(sets == 60);
}
