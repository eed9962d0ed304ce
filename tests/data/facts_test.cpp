// Every fact of the shared facts.json about the sets that the library reads.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "data/facts.hpp"
#include "data/files/gunzip.hpp"
#include "data/files/pickled_arrays.hpp"
#include "data/files/pickled_rows.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/formats/gnn_benchmark.hpp"
#include "data/formats/heterophilous.hpp"
#include "data/formats/planetoid.hpp"
#include "mercer/data/npz.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "support/sha256.hpp"

using namespace mercer;
using namespace mercer::test;
using nlohmann::json;

namespace {

void check_row(const Dataset& set, Index i, const json& facts) {
  const SparseMatrix x = sparse_features(set);
  const auto first = static_cast<std::size_t>(x.offset()[static_cast<std::size_t>(i)]);
  CHECK(x.offset()[static_cast<std::size_t>(i) + 1] - static_cast<Edge>(first) == facts.at("nnz").get<Edge>());
  CHECK(set.labels[static_cast<std::size_t>(i)] == facts.at("label").get<std::int32_t>());
  for (std::size_t e = 0; e < facts.at("indices").size(); ++e) {
    CHECK(x.column()[first + e] == facts.at("indices")[e].get<Node>());
    CHECK(static_cast<float>(x.value()[first + e]) == facts.at("values")[e].get<float>());
  }
}

std::vector<std::int32_t> labels_at(const Dataset& set, const std::vector<Node>& nodes) {
  std::vector<std::int32_t> labels;
  for (const Node i : nodes)
    labels.push_back(set.labels[static_cast<std::size_t>(i)]);
  return labels;
}

void check_standard_split(const Dataset& set, const json& facts) {
  REQUIRE(set.splits.size() == 1);
  const auto& [train, validation, test] = set.splits[0];
  const auto classes = static_cast<std::size_t>(set.classes());
  const auto check_range = [&](const std::vector<Node>& nodes, const json& part, const char* counts) {
    CHECK(nodes.size() == part.at("count").get<std::size_t>());
    CHECK(std::vector<Node>{nodes.front(), nodes.back()} == part.at("range").get<std::vector<Node>>());
    CHECK(histogram(labels_at(set, nodes), classes) == part.at(counts).get<std::vector<std::uint64_t>>());
  };
  check_range(train, facts.at("train"), "per_class");
  check_range(validation, facts.at("val"), "label_histogram");

  const json& wanted = facts.at("test");
  std::vector<Node> sorted = test;
  std::ranges::sort(sorted);
  CHECK(test.size() == wanted.at("count").get<std::size_t>());
  CHECK(sorted.front() == wanted.at("min").get<Node>());
  CHECK(sorted.back() == wanted.at("max").get<Node>());
  CHECK(sorted.back() - sorted.front() + 1 - static_cast<Node>(test.size()) == wanted.at("gaps_in_range").get<Node>());
  CHECK(std::vector<Node>(test.begin(), test.begin() + 10) ==
        wanted.at("first10_in_file_order").get<std::vector<Node>>());
  check_sum(wanted.at("file_order_check"), canonical_of<std::uint32_t>(test));
  check_sum(wanted.at("sorted_check"), canonical_of<std::uint32_t>(sorted));
  CHECK(histogram(labels_at(set, test), classes) == wanted.at("label_histogram").get<std::vector<std::uint64_t>>());
}

/// "<i4" for "int32"; the width of texts is given as it is.
std::string dtype_named(const std::string& name) {
  if (name == "bool") return "|b1";
  if (name == "int8") return "|i1";
  if (name == "int32") return "<i4";
  if (name == "int64") return "<i8";
  return name == "float32" ? "<f4" : name;
}

void check_parts(const std::string& prefix, const json& parts) {
  for (const auto& item : parts.items()) {
    const std::string& name = item.key();
    const json& facts = item.value();
    CAPTURE(name);
    const Pickle pickle(prefix + "." + name);
    const auto shape = facts.at("shape").get<std::vector<Index>>();
    if (name.ends_with("x")) {
      const PickledRows x = pickled_rows(pickle);
      CHECK(std::vector<Index>{x.rows, x.columns} == shape);
      CHECK(x.value.size() == facts.at("nnz").get<std::size_t>());
    } else {
      const NpyArray y = pickled_array(pickle, "", pickle.root());
      CHECK(y.shape == shape);
      CHECK(y.dtype == dtype_named(facts.at("dtype").get<std::string>()));
    }
  }
}

void check_graph_file(const StoredAdjacency& stored, const json& facts) {
  CHECK(stored.keys.size() == facts.at("keys").get<std::size_t>());
  CHECK(stored.entries.size() == facts.at("adjacency_entries").get<std::size_t>());
  CHECK(static_cast<double>(stored.entries.size()) / 2 == facts.at("adjacency_entries_over_2").get<double>());
  CHECK(std::vector<Node>(stored.keys.begin(), stored.keys.begin() + 5) ==
        facts.at("first_keys_in_file_order").get<std::vector<Node>>());
  std::vector<Node> of_first;
  for (const auto& [i, j] : stored.entries)
    if (i == 0) of_first.push_back(j);
  CHECK(of_first == facts.at("graph[0]").get<std::vector<Node>>());
}

void check_members(const Npz& archive, const json& members) {
  CHECK(archive.names().size() == members.size());
  for (const auto& item : members.items()) {
    const std::string& name = item.key();
    const json& facts = item.value();
    CAPTURE(name);
    const NpyArray array = archive.at(name);
    CHECK(array.shape == facts.at("shape").get<std::vector<Index>>());
    CHECK(array.dtype == dtype_named(facts.at("dtype").get<std::string>()));
    CHECK(array.fortran_order == facts.value("fortran_order", false));
  }
}

/// The hash of n bytes, each 0 or 1.
Canonical mask_of(const std::vector<Node>& nodes, Index count) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(count), 0);
  for (const Node i : nodes)
    mask[static_cast<std::size_t>(i)] = 1;
  return canonical_of<std::uint8_t>(mask);
}

void check_masks(const Dataset& set, const json& facts) {
  const auto check_split = [&](std::size_t k, const json& checks) {
    check_sum(checks.at("train"), mask_of(set.splits[k].train, set.nodes()));
    check_sum(checks.at("val"), mask_of(set.splits[k].validation, set.nodes()));
    check_sum(checks.at("test"), mask_of(set.splits[k].test, set.nodes()));
  };
  REQUIRE(set.splits.size() == facts.at("splits").size());
  check_split(0, facts.at("mask0_checks"));
  check_split(9, facts.at("mask9_checks"));
  for (std::size_t k = 0; k < set.splits.size(); ++k) {
    CHECK(set.splits[k].train.size() == facts.at("splits")[k].at("train").get<std::size_t>());
    CHECK(set.splits[k].validation.size() == facts.at("splits")[k].at("val").get<std::size_t>());
    CHECK(set.splits[k].test.size() == facts.at("splits")[k].at("test").get<std::size_t>());
  }
}

}  // namespace

TEST_CASE("Planetoid sets have their facts" * doctest::skip(absent)) {
  const json sets = facts_of("planetoid");
  for (const auto& item : sets.items()) {
    const std::string& name = item.key();
    const json& facts = item.value();
    if (name.starts_with('_')) continue;  // a list of opcodes, not a set
    CAPTURE(name);
    const std::string prefix = datasets + "/planetoid/ind." + name;
    CHECK(is_planetoid(prefix));
    const Dataset set = read_planetoid(prefix);
    CHECK(set.name == name);
    CHECK(set.format == "planetoid");
    check_graph(set.graph, facts.at("graph"));
    check_labels(set, facts.at("labels"));
    check_features(set, facts.at("features"));
    CHECK(edge_homophily(set.graph, set.labels) ==
          doctest::Approx(facts.at("edge_homophily").get<double>()).epsilon(1e-14));
    check_standard_split(set, facts.at("split"));
    check_row(set, 0, facts.at("row0"));
    check_row(set, facts.at("row_of_first_test_index").at("node").get<Index>(), facts.at("row_of_first_test_index"));
    check_parts(prefix, facts.at("parts"));
    const StoredAdjacency stored = read_planetoid_graph(prefix + ".graph", 0);
    check_stored(stored.entries, facts.at("graph"));
    check_graph_file(stored, facts.at("graph_file"));
    std::vector<Node> unlabelled;
    for (Node i = 0; i < set.nodes(); ++i)
      if (set.labels[static_cast<std::size_t>(i)] < 0) unlabelled.push_back(i);
    CHECK(unlabelled == facts.value("test_gap_nodes", std::vector<Node>{}));
  }
}

TEST_CASE("gnn-benchmark sets have their facts" * doctest::skip(absent)) {
  const json sets = facts_of("gnn-benchmark");
  for (const auto& item : sets.items()) {
    const std::string& name = item.key();
    const json& facts = item.value();
    CAPTURE(name);
    const Npz archive(datasets + "/gnn-benchmark/" + name + ".npz");
    CHECK(is_gnn_benchmark(archive));
    CHECK_FALSE(is_heterophilous(archive));
    check_members(archive, facts.at("members"));
    CHECK(facts.at("adj_values") == json{1.0});
    CHECK(std::ranges::all_of(archive.at("adj_data").as<double>(), [](double w) { return w == 1; }));
    const Dataset set = read_gnn_benchmark(archive.file(), archive);
    CHECK(set.name == name);
    CHECK(set.notes.empty());
    check_stored(entries_of(set.graph), facts.at("graph"));
    const Csr both_ways = symmetrised(set.graph);
    const Csr undirected = without_loops(both_ways);
    check_graph(undirected, facts.at("graph"));
    check_labels(set, facts.at("labels"));
    check_features(set, facts.at("features"));
    CHECK(set.class_names == facts.at("class_names").get<std::vector<std::string>>());
    CHECK(set.node_names.size() == (archive.contains("node_names") ? set.labels.size() : 0));
    CHECK(edge_homophily(undirected, set.labels) ==
          doctest::Approx(facts.at("edge_homophily").get<double>()).epsilon(1e-14));
    const std::vector<Node> largest = largest_component(undirected);
    CHECK(largest.size() == facts.at("largest_component").at("nodes").get<std::size_t>());
    CHECK(induced(undirected, largest).edges() == 2 * facts.at("largest_component").at("undirected_edges").get<Edge>());

    // as stored, before the reader sorts
    const auto offset = archive.at("attr_indptr").as<std::int64_t>();
    const auto column = archive.at("attr_indices").as<std::int64_t>();
    const auto value = archive.at("attr_data").as<double>();
    bool sorted = true;
    for (std::size_t i = 0; i + 1 < offset.size(); ++i)
      sorted = sorted && std::is_sorted(column.begin() + offset[i], column.begin() + offset[i + 1]);
    CHECK(sorted == facts.at("attr_indices_sorted_in_rows").get<bool>());
    CHECK(std::ranges::all_of(value, [](double v) { return v == static_cast<double>(static_cast<int>(v)); }) ==
          facts.at("attr_values_integer").get<bool>());
  }
}

TEST_CASE("heterophilous sets have their facts" * doctest::skip(absent)) {
  const json sets = facts_of("heterophilous");
  for (const auto& item : sets.items()) {
    const std::string& name = item.key();
    const json& facts = item.value();
    CAPTURE(name);
    const Npz archive(datasets + "/heterophilous/" + name + ".npz");
    CHECK(is_heterophilous(archive));
    CHECK_FALSE(is_gnn_benchmark(archive));
    check_members(archive, facts.at("members"));
    const auto ends = archive.at("edges").as<std::int32_t>();
    std::vector<NodePair> entries;
    for (std::size_t e = 0; e < ends.size(); e += 2)
      entries.emplace_back(ends[e], ends[e + 1]);
    check_stored(entries, facts.at("graph"));
    const Dataset set = read_heterophilous(archive.file(), archive);
    CHECK(set.name == name);
    const Csr undirected = without_loops(symmetrised(set.graph));
    check_graph(undirected, facts.at("graph"));
    check_labels(set, facts.at("labels"));
    check_features(set, facts.at("features"));
    check_masks(set, facts);
    CHECK(edge_homophily(undirected, set.labels) ==
          doctest::Approx(facts.at("edge_homophily").get<double>()).epsilon(1e-14));
  }
}
