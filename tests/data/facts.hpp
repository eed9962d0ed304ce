#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "support/checksums.hpp"

/// Facts of data sets that the readers' tests compare with datasets/facts.json.
namespace mercer::test {

inline const std::string datasets = MERCER_SHARED_DIR "/datasets";
inline const bool absent = !std::filesystem::exists(datasets + "/facts.json");

inline nlohmann::json facts_of(const std::string& folder) {
  std::ifstream in(datasets + "/facts.json");
  return nlohmann::json::parse(in).at(folder);
}

inline void check_sum(const nlohmann::json& facts, const Canonical& canonical) {
  CHECK(canonical.bytes() == facts.at("bytes").get<std::size_t>());
  CHECK(canonical.fnv1a64() == facts.at("fnv1a64").get<std::string>());
  CHECK(canonical.crc32() == facts.at("crc32").get<std::string>());
}

template <class T, class Items>
Canonical canonical_of(const Items& items) {
  Canonical canonical;
  for (const auto item : items)
    canonical.add(static_cast<T>(item));
  return canonical;
}

/// How often each of 0 … count − 1 occurs.
template <class Items>
std::vector<std::uint64_t> histogram(const Items& items, std::size_t count) {
  std::vector<std::uint64_t> counts(count, 0);
  for (const auto item : items)
    if (item >= 0) ++counts.at(static_cast<std::size_t>(item));
  return counts;
}

/// The facts of the undirected graph without loops.
inline void check_degrees(const Csr& g, const nlohmann::json& facts) {
  const std::vector<Edge> degree = degrees(g);
  const auto [least, most] = std::ranges::minmax(degree);
  CHECK(least == facts.at("degree_min").get<Edge>());
  CHECK(most == facts.at("degree_max").get<Edge>());
  CHECK(std::ranges::count(degree, Edge{0}) == facts.at("isolated_nodes").get<Edge>());
  const auto counts = histogram(degree, static_cast<std::size_t>(most) + 1);
  nlohmann::json written = nlohmann::json::object();
  for (std::size_t d = 0; d < counts.size(); ++d)
    if (counts[d] > 0) written[std::to_string(d)] = counts[d];
  CHECK(written == facts.at("degree_histogram"));
  check_sum(facts.at("degree_histogram_check"), canonical_of<std::uint64_t>(counts));
  check_sum(facts.at("degree_sequence_check"), canonical_of<std::uint32_t>(degree));
  Edge squares = 0;
  for (const Edge d : degree)
    squares += d * d;
  CHECK(squares == facts.at("sum_degree_squared").get<Edge>());
}

inline void check_graph(const Csr& g, const nlohmann::json& facts) {
  CHECK(g.rows() == facts.at("nodes").get<Index>());
  CHECK(g.edges() == 2 * facts.at("undirected_edges_no_loops").get<Edge>());
  check_degrees(g, facts);
  Canonical edges;
  for_each_edge(g, [&](Node u, Node v, Edge) {
    if (u < v) edges.add(static_cast<std::uint32_t>(u)).add(static_cast<std::uint32_t>(v));
  });
  check_sum(facts.at("edge_list_check"), edges);
  CHECK(components(g).count == facts.at("connected_components").get<Index>());
  CHECK(largest_component(g).size() == facts.at("largest_component_nodes").get<std::size_t>());
}

/// The facts of the stored entries, with repetitions and loops.
inline void check_stored(const std::vector<NodePair>& entries, const nlohmann::json& facts) {
  CHECK(entries.size() == facts.at("stored_entries").get<std::size_t>());
  CHECK(std::ranges::count_if(entries, [](const NodePair& e) { return e.first == e.second; }) ==
        facts.at("stored_self_loops").get<std::ptrdiff_t>());
  const Csr g = from_edges(facts.at("nodes").get<Index>(), entries);
  CHECK(g.edges() == facts.at("distinct_directed_entries").get<Edge>());
  CHECK(is_symmetric(g) == facts.at("symmetric_as_stored").get<bool>());
}

inline std::vector<NodePair> entries_of(const Csr& g) {
  std::vector<NodePair> entries;
  for_each_edge(g, [&](Node i, Node j, Edge) { entries.emplace_back(i, j); });
  return entries;
}

inline void check_labels(const Dataset& set, const nlohmann::json& facts) {
  CHECK(set.classes() == facts.at("classes").get<Index>());
  CHECK(histogram(set.labels, static_cast<std::size_t>(set.classes())) ==
        facts.at("label_histogram").get<std::vector<std::uint64_t>>());
  CHECK(std::ranges::count(set.labels, -1) == facts.value("unlabelled", std::ptrdiff_t{0}));
  check_sum(facts.at("labels_check"), canonical_of<std::int32_t>(set.labels));
}

inline SparseMatrix sparse_features(const Dataset& set) {
  const auto* dense = std::get_if<Tensor>(&set.features);
  return dense == nullptr ? std::get<SparseMatrix>(set.features) : SparseMatrix::from_dense(*dense);
}

inline void check_features(const Dataset& set, const nlohmann::json& facts) {
  const SparseMatrix x = sparse_features(set);
  CHECK(x.rows() == facts.at("rows").get<Index>());
  CHECK(x.columns() == facts.at("cols").get<Index>());
  CHECK(x.nonzeros() == facts.at("nonzeros").get<Edge>());
  const auto [least, most] = std::ranges::minmax(x.value());
  CHECK(static_cast<double>(least) == facts.at("value_min").get<double>());
  CHECK(static_cast<double>(most) == facts.at("value_max").get<double>());
  CHECK(std::ranges::all_of(x.value(), [](Real v) { return v == 1; }) == facts.at("binary").get<bool>());
  double sum = 0;
  for (const Real v : x.value())
    sum += static_cast<double>(v);
  CHECK(sum == doctest::Approx(facts.at("sum_float64").get<double>()).epsilon(1e-12));
  Index zero_rows = 0;
  for (std::size_t i = 0; i + 1 < x.offset().size(); ++i)
    zero_rows += x.offset()[i] == x.offset()[i + 1];
  CHECK(zero_rows == facts.at("zero_rows").get<Index>());
  check_sum(facts.at("indptr_check"), canonical_of<std::uint32_t>(x.offset()));
  check_sum(facts.at("indices_check"), canonical_of<std::uint32_t>(x.column()));
  check_sum(facts.at("data_f32_check"), canonical_of<float>(x.value()));
}

}  // namespace mercer::test
