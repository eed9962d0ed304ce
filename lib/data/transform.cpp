#include "mercer/data/transform.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

SparseMatrix rows_of(const SparseMatrix& x, std::span<const Node> nodes) {
  const SparseView all = x.view();
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  std::vector<Real> value;
  for (const Node i : nodes) {
    column.insert(column.end(), all.column + all.offset[i], all.column + all.offset[i + 1]);
    value.insert(value.end(), all.value + all.offset[i], all.value + all.offset[i + 1]);
    offset.push_back(static_cast<Edge>(column.size()));
  }
  return {static_cast<Index>(nodes.size()), x.columns(), std::move(offset), std::move(column), std::move(value)};
}

Tensor rows_of(const Tensor& x, std::span<const Node> nodes) {
  Tensor y = Tensor::uninitialized(static_cast<Index>(nodes.size()), x.columns());
  for (std::size_t a = 0; a < nodes.size(); ++a)
    std::copy_n(x.row(nodes[a]), x.columns(), y.row(static_cast<Index>(a)));
  return y;
}

template <class T>
std::vector<T> picked(const std::vector<T>& values, std::span<const Node> nodes) {
  std::vector<T> kept;
  if (values.empty()) return kept;
  kept.reserve(nodes.size());
  for (const Node i : nodes)
    kept.push_back(values[static_cast<std::size_t>(i)]);
  return kept;
}

/// `nodes` in the numbers of the new graph, without removed nodes. place[i]: new number of old node i, −1 if removed.
std::vector<Node> moved(const std::vector<Node>& nodes, const std::vector<Node>& place) {
  std::vector<Node> kept;
  for (const Node i : nodes)
    if (const Node a = place[static_cast<std::size_t>(i)]; a >= 0) kept.push_back(a);
  return kept;
}

void normalise(std::span<Real> row) {
  double sum = 0;
  for (const Real x : row)
    sum += std::abs(x);
  if (sum == 0) return;
  for (Real& x : row)
    x = static_cast<Real>(x / sum);
}

}  // namespace

Dataset symmetrised(Dataset data) {
  data.graph = symmetrised(data.graph.view());
  data.directed = false;
  return data;
}

Dataset with_loops(Dataset data) {
  data.graph = with_loops(data.graph.view());
  return data;
}

Dataset without_loops(Dataset data) {
  data.graph = without_loops(data.graph.view());
  return data;
}

Dataset induced(const Dataset& data, std::span<const Node> nodes) {
  Dataset part;
  part.graph = induced(data.graph.view(), nodes);  // throws on a node out of range or named twice
  part.name = data.name;
  part.format = data.format;
  part.directed = data.directed;
  part.largest_component = data.largest_component;
  part.feature_names = data.feature_names;
  part.features = std::visit([&](const auto& x) { return Features(rows_of(x, nodes)); }, data.features);
  part.labels = picked(data.labels, nodes);
  part.class_names = data.class_names;
  part.node_names = picked(data.node_names, nodes);
  part.notes = data.notes;

  std::vector<Node> place(static_cast<std::size_t>(data.nodes()), -1);
  for (std::size_t a = 0; a < nodes.size(); ++a)
    place[static_cast<std::size_t>(nodes[a])] = static_cast<Node>(a);
  for (const Split& split : data.splits)
    part.splits.push_back({moved(split.train, place), moved(split.validation, place), moved(split.test, place)});
  return part;
}

Dataset largest_component(const Dataset& data) {
  const Csr undirected = symmetrised(data.graph.view());
  return induced(data, largest_component(undirected.view()));
}

Dataset row_normalised(Dataset data) {
  if (auto* sparse = std::get_if<SparseMatrix>(&data.features)) {
    const auto value = sparse->value();
    for (Index i = 0; i < sparse->rows(); ++i) {
      const auto first = static_cast<std::size_t>(sparse->offset()[static_cast<std::size_t>(i)]);
      const auto last = static_cast<std::size_t>(sparse->offset()[static_cast<std::size_t>(i) + 1]);
      normalise(value.subspan(first, last - first));
    }
  } else {
    Tensor& dense = std::get<Tensor>(data.features);
    for (Index i = 0; i < dense.rows(); ++i)
      normalise({dense.row(i), static_cast<std::size_t>(dense.columns())});
  }
  return data;
}

}  // namespace mercer
