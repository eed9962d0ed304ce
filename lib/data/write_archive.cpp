#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/write.hpp"
#include "mercer/data/write_npz.hpp"
#include "mercer/graph/graph.hpp"

namespace mercer {
namespace {

template <class T>
NpzMember list_of(const char* name, const std::vector<T>& values) {
  return npz_member(name, std::span<const T>(values), {std::ssize(values)});
}

/// PREFIX_data, _indices, _indptr and _shape of a matrix by rows.
void add_csr(std::vector<NpzMember>& members, const std::string& prefix, Index rows, Index columns,
             const std::vector<std::int64_t>& offset, std::span<const Node> column, std::span<const Real> value) {
  members.push_back(npz_member(prefix + "_data", value, {std::ssize(value)}));
  members.push_back(npz_member(prefix + "_indices", column, {std::ssize(column)}));
  members.push_back(list_of((prefix + "_indptr").c_str(), offset));
  members.push_back(list_of((prefix + "_shape").c_str(), std::vector<std::int64_t>{rows, columns}));
}

/// Items of the edges, none or one each, in the order of `slots`.
template <class T>
std::vector<T> in_order(const std::vector<T>& items, std::span<const Edge> slots) {
  std::vector<T> ordered;
  if (items.empty()) return ordered;
  ordered.reserve(slots.size());
  for (const Edge e : slots)
    ordered.push_back(items[static_cast<std::size_t>(e)]);
  return ordered;
}

Tensor rows_in_order(const Tensor& rows, const std::vector<Edge>& order) {
  Tensor ordered(std::ssize(order), rows.columns());
  for (std::size_t k = 0; k < order.size(); ++k)
    std::copy_n(rows.row(order[k]), rows.columns(), ordered.row(static_cast<Index>(k)));
  return ordered;
}

/// The rows that a slot has in repeated_features, slot by slot.
std::vector<Edge> repeats_in_order(const std::vector<std::int32_t>& counts, const std::vector<Edge>& slots) {
  std::vector<Edge> first{0}, rows;
  for (const std::int32_t count : counts)
    first.push_back(first.back() + count);
  for (const Edge e : slots)
    for (Edge row = first[static_cast<std::size_t>(e)]; row < first[static_cast<std::size_t>(e) + 1]; ++row)
      rows.push_back(row);
  return rows;
}

NpzMember matrix_of(const char* name, const Tensor& x) {
  return npz_member(name, std::span<const Real>(x.values()), {x.rows(), x.columns()});
}

/// The edges and their facts by sources: A[i, j] is the edge from i to j.
void add_graph(std::vector<NpzMember>& members, const Dataset& data) {
  const Graph graph(data.graph);
  const CsrView g = graph.transpose();
  const std::vector<std::int64_t> offset(g.offset, g.offset + g.rows + 1);
  const std::vector<Real> weights = in_order(data.edge_weights, graph.slots());
  const std::vector<Real> ones(static_cast<std::size_t>(g.edges()), 1);
  add_csr(members, "adj", g.rows, g.columns, offset, {g.neighbour, static_cast<std::size_t>(g.edges())},
          weights.empty() ? ones : weights);
  if (!data.edge_counts.empty()) members.push_back(list_of("adj_counts", in_order(data.edge_counts, graph.slots())));
  if (!weights.empty() && !data.edge_counts.empty() && weights == ones)  // sums, which adj_data alone does not tell
    members.push_back(list_of("edge_weight", weights));
  if (!data.has_edge_features()) return;
  const std::vector<Edge> slots(graph.slots().begin(), graph.slots().end());
  members.push_back(matrix_of("edge_features", rows_in_order(data.edge_features, slots)));
  if (data.has_repeated_features()) {
    const std::vector<Edge> repeats = repeats_in_order(data.edge_counts, slots);
    expect("write_archive", {{"rows of repeated_features", data.repeated_features.rows(), std::ssize(repeats)}});
    members.push_back(matrix_of("repeated_edge_features", rows_in_order(data.repeated_features, repeats)));
  }
  if (!data.edge_feature_names.empty()) members.push_back(npz_texts("edge_feature_names", data.edge_feature_names));
}

void add_features(std::vector<NpzMember>& members, const Features& features) {
  const auto* sparse = std::get_if<SparseMatrix>(&features);
  const SparseMatrix x = sparse != nullptr ? *sparse : SparseMatrix::from_dense(std::get<Tensor>(features));
  const std::vector<std::int64_t> offset(x.offset().begin(), x.offset().end());
  add_csr(members, "attr", x.rows(), x.columns(), offset, x.column(), x.value());
}

NpzMember masks_of(const char* name, const std::vector<Split>& splits, std::vector<Node> Split::*part, Index nodes) {
  std::vector<std::uint8_t> mask(splits.size() * static_cast<std::size_t>(nodes), 0);
  for (std::size_t k = 0; k < splits.size(); ++k)
    for (const Node i : splits[k].*part)
      mask[k * static_cast<std::size_t>(nodes) + static_cast<std::size_t>(i)] = 1;
  return npz_member(name, std::span<const std::uint8_t>(mask), {std::ssize(splits), nodes});
}

}  // namespace

void write_archive(const Dataset& data, const std::filesystem::path& file) {
  if (data.has_items())
    throw ValueError(file.string() + ": " + data.name +
                     " is a set of sequences, want a graph: sequences are written as a folder, by a name without .npz");
  std::vector<NpzMember> members;
  add_graph(members, data);
  add_features(members, data.features);
  if (data.label_kind == LabelKind::classes)
    members.push_back(list_of("labels", std::vector<std::int64_t>(data.labels.begin(), data.labels.end())));
  else
    members.push_back(npz_member("labels", std::span<const Real>(data.targets.values()),
                                 {data.targets.rows(), data.targets.columns()}));
  if (data.label_kind != LabelKind::classes)  // whole numbers, and a single column of 0 and 1, could be classes
    members.push_back(npz_texts("task", {data.label_kind == LabelKind::real ? "regression" : "multi-label"}));
  members.push_back(npz_texts("class_names", data.class_names));
  if (!data.node_names.empty()) members.push_back(npz_texts("node_names", data.node_names));
  if (!data.feature_names.empty()) members.push_back(npz_texts("feature_names", data.feature_names));
  if (!data.splits.empty()) {
    members.push_back(masks_of("train_masks", data.splits, &Split::train, data.nodes()));
    members.push_back(masks_of("val_masks", data.splits, &Split::validation, data.nodes()));
    members.push_back(masks_of("test_masks", data.splits, &Split::test, data.nodes()));
  }
  members.push_back(list_of("directed", std::vector<std::uint8_t>{data.directed}));
  members.push_back(list_of("largest_component", std::vector<std::uint8_t>{data.largest_component}));
  write_npz(file, members);
}

}  // namespace mercer
