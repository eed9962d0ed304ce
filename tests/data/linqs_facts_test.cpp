// The LINQS set against datasets/facts.json, and against the same papers in another archive.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "data/facts.hpp"
#include "data/files/gunzip.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/formats/linqs.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/transform.hpp"
#include "support/sha256.hpp"

using namespace mercer;
using namespace mercer::test;
using nlohmann::json;

TEST_CASE("the LINQS set has its facts" * doctest::skip(absent)) {
  const json facts = facts_of("linqs").at("cora");
  const std::string prefix = datasets + "/linqs/cora";
  const std::string content = gunzip(prefix + ".content.gz", read_file(prefix + ".content.gz"));
  CHECK(content.size() == facts.at("content_bytes").get<std::size_t>());
  CHECK(test::sha256(content) == facts.at("content_sha256").get<std::string>());
  const TextFile cites(prefix + ".cites");
  CHECK(cites.line_ends() == facts.at("cites_lines").get<Index>());
  CHECK(facts.at("cites_lines_with_unknown_id") == 0);

  const Dataset set = read_linqs(prefix);
  CHECK(set.name == "cora");
  CHECK(set.notes.empty());  // no unknown id, no repeated citation
  CHECK(set.nodes() == facts.at("rows").get<Index>());
  CHECK(std::vector<std::string>(set.node_names.begin(), set.node_names.begin() + 5) ==
        facts.at("first_ids").get<std::vector<std::string>>());
  CHECK(set.node_names.back() == facts.at("last_id").get<std::string>());
  CHECK(set.class_names == facts.at("classes_sorted").get<std::vector<std::string>>());
  check_stored(entries_of(set.graph), facts.at("graph"));
  const Csr undirected = symmetrised(set.graph);
  check_graph(undirected, facts.at("graph"));
  check_labels(set, facts.at("labels"));
  check_features(set, facts.at("features"));
  CHECK(edge_homophily(undirected, set.labels) ==
        doctest::Approx(facts.at("edge_homophily").get<double>()).epsilon(1e-14));
}

TEST_CASE("LINQS text and the gnn-benchmark archive hold the same Cora, paper by paper" * doctest::skip(absent)) {
  const Dataset text = read_dataset(datasets + "/linqs/cora.content.gz");
  const Dataset archive = read_dataset(datasets + "/gnn-benchmark/cora.npz");
  std::map<std::string, Node> of_name;
  for (std::size_t i = 0; i < archive.node_names.size(); ++i)
    of_name[archive.node_names[i]] = static_cast<Node>(i);
  std::vector<Node> order;
  for (const std::string& name : text.node_names)
    order.push_back(of_name.at(name));
  const Dataset same = induced(archive, order);
  const auto &a = std::get<SparseMatrix>(text.features), &b = std::get<SparseMatrix>(same.features);
  CHECK(std::ranges::equal(a.offset(), b.offset()));
  CHECK(std::ranges::equal(a.column(), b.column()));
  const Csr a_ways = symmetrised(text.graph), b_ways = symmetrised(same.graph);
  CHECK(a_ways == b_ways);
}
