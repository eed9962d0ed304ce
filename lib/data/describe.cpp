#include "mercer/data/describe.hpp"

#include <algorithm>
#include <span>
#include <variant>

#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

void describe_graph(const Dataset& data, Description& to) {
  const CsrView stored = data.graph.view();
  to.edge_slots = stored.edges();
  for_each_edge(stored, [&](Node i, Node j, Edge) { to.self_loops += i == j ? 1 : 0; });
  to.symmetric = is_symmetric(stored);

  const Csr loopless = without_loops(stored);
  const Csr simple = symmetrised(loopless);
  to.undirected_edges = simple.edges() / 2;
  to.isolated_nodes = isolated_nodes(simple);
  to.components = components(simple).count;
  to.largest_component = static_cast<Index>(largest_component(simple).size());
  to.edge_homophily = edge_homophily(simple, data.labels);
  if (data.nodes() == 0) return;

  const std::vector<Edge> degree = degrees(simple);
  to.degree_min = *std::ranges::min_element(degree);
  to.degree_max = *std::ranges::max_element(degree);
  to.degree_mean = static_cast<double>(simple.edges()) / static_cast<double>(data.nodes());
}

/// Adds one row to the counts; `row` holds all values of a dense row, or the stored ones of a sparse row.
void count_row(std::span<const Real> row, Description& to) {
  Edge nonzeros = 0;
  for (const Real x : row) {
    nonzeros += x != 0 ? 1 : 0;
    to.feature_min = std::min(to.feature_min, x);
    to.feature_max = std::max(to.feature_max, x);
  }
  to.nonzeros += nonzeros;
  to.nodes_without_features += nonzeros == 0 ? 1 : 0;
}

void count_rows(const Tensor& x, Description& to) {
  to.feature_min = to.feature_max = x(0, 0);
  for (Index i = 0; i < x.rows(); ++i)
    count_row({x.row(i), static_cast<std::size_t>(x.columns())}, to);
}

void count_rows(const SparseMatrix& x, Description& to) {
  const bool has_zeros = x.nonzeros() < x.rows() * x.columns();
  to.feature_min = to.feature_max = has_zeros ? 0 : x.value().front();
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows()); ++i) {
    const auto first = static_cast<std::size_t>(x.offset()[i]), last = static_cast<std::size_t>(x.offset()[i + 1]);
    count_row(x.value().subspan(first, last - first), to);
  }
}

void describe_features(const Dataset& data, Description& to) {
  to.features = data.feature_count();
  to.sparse = std::holds_alternative<SparseMatrix>(data.features);
  if (data.nodes() == 0 || to.features == 0) return;
  std::visit([&](const auto& x) { count_rows(x, to); }, data.features);
  to.filled = static_cast<double>(to.nonzeros) / (static_cast<double>(data.nodes()) * static_cast<double>(to.features));
}

PartSizes sizes_of(const std::vector<Node>& part, const Dataset& data) {
  PartSizes sizes{static_cast<Index>(part.size()), std::vector<Index>(data.class_names.size(), 0)};
  for (const Node i : part)
    if (const auto label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
      ++sizes.of_class[static_cast<std::size_t>(label)];
  return sizes;
}

}  // namespace

Description describe(const Dataset& data) {
  Description to;
  to.name = data.name;
  to.format = data.format;
  to.nodes = data.nodes();
  describe_graph(data, to);
  describe_features(data, to);

  to.class_names = data.class_names;
  to.class_sizes.assign(data.class_names.size(), 0);
  for (const auto label : data.labels)
    ++(label < 0 ? to.unlabelled : to.class_sizes[static_cast<std::size_t>(label)]);
  for (const Split& split : data.splits)
    to.splits.push_back({sizes_of(split.train, data), sizes_of(split.validation, data), sizes_of(split.test, data)});
  to.notes = data.notes;
  return to;
}

}  // namespace mercer
