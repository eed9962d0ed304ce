#include "data/formats/gnn_benchmark.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "data/assemble.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/npz_splits.hpp"
#include "data/files/read_file.hpp"
#include "data/rounding.hpp"
#include "data/tables/edge_arrays.hpp"
#include "data/tables/listed_graph.hpp"
#include "graph/merged_rows.hpp"
#include "graph/sort_by_key.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

/// The members PREFIX_{data, indices, indptr, shape} of a sparse matrix by rows.
struct StoredCsr {
  std::string source;  // for messages
  Index rows = 0, columns = 0;
  std::vector<std::int64_t> offset;  // [rows + 1], from 0 up to the number of entries
  std::vector<std::int32_t> column;
  std::vector<double> value;

  StoredCsr(const Npz& archive, const std::string& prefix) : source(archive.file().string() + ": '" + prefix + "_…'") {
    const NpyArray shape = member_of_shape(archive, prefix + "_shape", {2});
    const std::vector<std::int64_t> lengths = shape.as<std::int64_t>();
    rows = lengths[0];
    columns = lengths[1];
    constexpr Index most = std::numeric_limits<Node>::max();
    if (rows < 0 || columns < 0 || rows >= most || columns > most)
      refuse_file(shape.source, "",
                  "claims " + std::to_string(rows) + " x " + std::to_string(columns) + ", want sizes below 2^31");
    const NpyArray offsets = member_of_shape(archive, prefix + "_indptr", {rows + 1});
    offset = offsets.as<std::int64_t>();
    check_offsets(offsets.source);
    column = member_of_shape(archive, prefix + "_indices", {offset.back()}).as<std::int32_t>();
    value = member_of_shape(archive, prefix + "_data", {offset.back()}).as<double>();
  }

  void check_offsets(const std::string& where) const {
    if (offset.front() != 0) refuse_file(where, "", "starts with " + std::to_string(offset.front()) + ", want 0");
    for (std::size_t i = 1; i < offset.size(); ++i)
      if (offset[i] < offset[i - 1]) refuse_file(where, "row " + std::to_string(i - 1), "the offsets fall");
  }
};

/// Throws FileError at the first entry that is out of range or no finite number.
void check_entries(const StoredCsr& adjacency) {
  parallel_ranges(adjacency.rows, 4096, [&](Index first, Index last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i)
      for (auto e = static_cast<std::size_t>(adjacency.offset[i]);
           e < static_cast<std::size_t>(adjacency.offset[i + 1]); ++e) {
        const std::int32_t j = adjacency.column[e];
        if (j < 0 || j >= adjacency.columns)
          refuse_file(
              adjacency.source, "row " + std::to_string(i),
              "node " + std::to_string(j) + " is out of range, want 0 … " + std::to_string(adjacency.columns - 1));
        if (!std::isfinite(adjacency.value[e]))
          refuse_file(adjacency.source, "row " + std::to_string(i) + ", column " + std::to_string(j),
                      "the weight is not finite");
      }
  });
}

/// The weights of the entries: 'adj_data', or a member of them where that holds ones alone; none when all are 1. With
/// counts of repeated edges, 'adj_data' holds sums.
std::vector<Real> weights_of(const StoredCsr& adjacency, const Npz& archive, Dataset& set) {
  const auto is_one = [](double w) { return static_cast<Real>(w) == 1; };
  const bool weighted = !std::ranges::all_of(adjacency.value, is_one);
  if (!weighted) return read_edge_weights(archive, std::ssize(adjacency.value), set);
  const std::string other = first_of(archive, edge_weight_members);
  if (!other.empty()) set.notes.push_back(in_quotes(other) + " is not read: the weights stand in 'adj_data'");
  set.notes.emplace_back("'adj_data' is read as the weights of the edges");
  std::vector<Real> weights;
  Rounding rounding;
  for (const double w : adjacency.value)
    weights.push_back(rounding.kept(w));
  rounding.note(adjacency.source, set.notes);
  return weights;
}

/// How often each edge stands in the set that the archive was written from, and the features of each time: 'adj_counts'
/// and 'repeated_edge_features' of write_archive. `stored` is the entry of each edge.
void read_counts(const Npz& archive, const std::vector<Edge>& stored, Dataset& set) {
  const NpyArray array = member_of_shape(archive, "adj_counts", {std::ssize(stored)});
  if (set.graph.edges() != std::ssize(stored)) refuse_file(array.source, "", "stands beside edges that repeat");
  const std::vector<std::int32_t> counts = array.as<std::int32_t>();
  if (std::ranges::any_of(counts, [](std::int32_t count) { return count < 1; }))
    refuse_file(array.source, "", "has a count below 1");
  set.edge_counts.clear();
  for (const Edge e : stored)
    set.edge_counts.push_back(counts[static_cast<std::size_t>(e)]);
  if (!set.has_edge_features() || !has_readable(archive, "repeated_edge_features")) return;
  std::vector<Edge> first{0};  // row of each entry
  for (const std::int32_t count : counts)
    first.push_back(first.back() + count);
  const NpyArray repeated =
      member_of_shape(archive, "repeated_edge_features", {first.back(), set.edge_features.columns()});
  const Tensor rows = edge_feature_rows(repeated, first.back(), set);
  set.repeated_features = Tensor(rows.rows(), rows.columns());
  Edge to = 0;
  for (const Edge e : stored)
    for (Edge row = first[static_cast<std::size_t>(e)]; row < first[static_cast<std::size_t>(e) + 1]; ++row)
      std::copy_n(rows.row(row), rows.columns(), set.repeated_features.row(to++));
}

/// Rows are sources, columns targets.
void read_graph(const StoredCsr& adjacency, const Npz& archive, Dataset& set) {
  check_entries(adjacency);
  const bool counted = archive.contains("adj_counts");
  SortedByKey by_target =
      reversed_edges({adjacency.rows, adjacency.columns, adjacency.offset.data(), adjacency.column.data()}, counted);
  read_edge_features(archive, std::ssize(adjacency.column), set);
  const std::vector<Real> weights = weights_of(adjacency, archive, set);
  if (weights.empty() && !set.has_edge_features()) {
    std::vector<std::int32_t> counts;
    set.graph = merged_rows(adjacency.columns, adjacency.rows, std::move(by_target.offset), std::move(by_target.value),
                            &counts);
    if (const Edge repeated = std::ssize(adjacency.column) - set.graph.edges(); repeated > 0) {
      set.edge_counts = std::move(counts);
      set.repeats_note = std::to_string(repeated) + " repeated edges are merged";
      set.notes.push_back(set.repeats_note);
    }
  } else {
    std::vector<NodePair> edges;
    edges.reserve(adjacency.column.size());
    for (std::size_t i = 0; i + 1 < adjacency.offset.size(); ++i)
      for (auto e = static_cast<std::size_t>(adjacency.offset[i]);
           e < static_cast<std::size_t>(adjacency.offset[i + 1]); ++e)
        edges.emplace_back(adjacency.column[e], static_cast<Node>(i));
    set_graph(adjacency.rows, std::move(edges), weights, set);
  }
  if (counted) read_counts(archive, by_target.item, set);
}

Features sparse_features(const StoredCsr& stored, const std::filesystem::path& file, std::vector<std::string>& notes) {
  Rounding rounding;
  for (const double value : stored.value)
    if (std::isfinite(value)) rounding.kept(value);
  rounding.note(stored.source, notes);
  FeatureRows rows(file, "'attr_…'", stored.columns);
  rows.reserve(stored.rows, static_cast<Edge>(stored.column.size()));
  for (std::size_t i = 0; i + 1 < stored.offset.size(); ++i) {
    for (auto e = static_cast<std::size_t>(stored.offset[i]); e < static_cast<std::size_t>(stored.offset[i + 1]); ++e)
      rows.add(stored.column[e], stored.value[e]);
    rows.end_row();
  }
  return in_fitting_form(std::move(rows).matrix());
}

/// Sparse features 'attr_data' …, or dense ones 'attr_matrix'.
Features read_features(const Npz& archive, Index nodes, std::vector<std::string>& notes) {
  const std::string parts[] = {"attr_shape", "attr_indptr", "attr_indices", "attr_data"};
  const bool sparse = std::ranges::any_of(parts, [&](const std::string& name) { return archive.contains(name); });
  const bool dense = archive.contains("attr_matrix");
  if (!sparse && !dense) return no_features(nodes, "a member attr_matrix", notes);
  if (sparse && dense)
    refuse_file(archive.file(), "",
                "has 'attr_shape' of sparse features and 'attr_matrix' of dense ones, want one of them");
  if (dense) return dense_features(archive.at("attr_matrix"), nodes, notes);
  const StoredCsr attributes(archive, "attr");
  if (attributes.rows != nodes)
    refuse_file(archive.file(), "'attr_shape'",
                "has " + std::to_string(attributes.rows) + " rows, want the " + std::to_string(nodes) + " nodes");
  return sparse_features(attributes, archive.file(), notes);
}

}  // namespace

bool is_gnn_benchmark(const Npz& archive) {
  for (const char* name : {"adj_indptr", "adj_indices", "adj_shape"})
    if (!archive.contains(name)) return false;
  return true;
}

Dataset read_gnn_benchmark(const std::filesystem::path& path, const Npz& archive) {
  Dataset set;
  set.name = name_of(path);
  set.format = "gnn-benchmark";
  set.largest_component = archive.contains("largest_component")
                              ? flag_of(archive, "largest_component")
                              : !has_splits(archive);  // Shchur et al., 2018, section 3
  set.directed = flag_of(archive, "directed");
  set.notes =
      notes_on_unread(archive,
                      {"adj_data", "adj_indices", "adj_indptr", "adj_shape", "adj_counts", "repeated_edge_features",
                       "attr_data", "attr_indices", "attr_indptr", "attr_shape", "attr_matrix", "labels", "class_names",
                       "node_names", "feature_names", "directed", "largest_component", "task"},
                      split_members);
  {
    const StoredCsr adjacency(archive, "adj");
    if (adjacency.rows != adjacency.columns)
      refuse_file(
          path, "'adj_shape'",
          "is " + std::to_string(adjacency.rows) + " x " + std::to_string(adjacency.columns) + ", want a square");
    read_graph(adjacency, archive, set);
  }
  set.features = read_features(archive, set.nodes(), set.notes);
  if (archive.contains("labels"))
    read_labels(set, archive, "labels", set.nodes());
  else
    set_no_labels(set.nodes(), "a member labels", set);
  if (has_readable(archive, "node_names"))
    set.node_names = member_of_shape(archive, "node_names", {set.nodes()}).strings();
  set.splits = splits_of(archive, set.nodes(), set.notes);
  if (has_readable(archive, "feature_names"))
    set.feature_names = member_of_shape(archive, "feature_names", {set.feature_count()}).strings();
  return set;
}

}  // namespace mercer
