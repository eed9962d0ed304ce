#include "mercer/data/describe.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <variant>

#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

void describe_graph(const Dataset& data, Description& facts) {
  const CsrView stored = data.graph.view();
  facts.edge_slots = stored.edges();
  for_each_edge(stored, [&](Node i, Node j, Edge) { facts.self_loops += i == j ? 1 : 0; });
  facts.edge_features = edge_feature_names(data);

  const Csr loopless = without_loops(stored);
  const Csr simple = symmetrised(loopless);
  facts.symmetric = simple.edges() == loopless.edges();
  facts.directed = data.directed;
  facts.undirected_edges = simple.edges() / 2;
  facts.isolated_nodes = isolated_nodes(simple);
  facts.components = components(simple).count;
  facts.largest_component = static_cast<Index>(largest_component(simple).size());
  if (data.label_kind == LabelKind::classes) facts.edge_homophily = edge_homophily(simple, data.labels);
  if (data.nodes() == 0) return;

  const std::vector<Edge> degree = degrees(simple);
  facts.degree_min = *std::ranges::min_element(degree);
  facts.degree_max = *std::ranges::max_element(degree);
  facts.degree_mean = static_cast<double>(simple.edges()) / static_cast<double>(data.nodes());
}

void describe_items(const Dataset& data, Description& facts) {
  facts.sequences = data.examples();
  if (facts.sequences == 0) return;
  facts.length_min = data.nodes();
  for (std::size_t a = 0; a + 1 < data.item_offset.size(); ++a) {
    const Index length = data.item_offset[a + 1] - data.item_offset[a];
    facts.length_min = std::min(facts.length_min, length);
    facts.length_max = std::max(facts.length_max, length);
  }
  facts.length_mean = static_cast<double>(data.nodes()) / static_cast<double>(facts.sequences);
}

/// Adds one row to the counts; `row` holds all values of a dense row, or the stored ones of a sparse row.
void count_row(std::span<const Real> row, Description& facts) {
  Edge nonzeros = 0;
  for (const Real x : row) {
    nonzeros += x != 0 ? 1 : 0;
    facts.feature_min = std::min(facts.feature_min, x);
    facts.feature_max = std::max(facts.feature_max, x);
  }
  facts.nonzeros += nonzeros;
  facts.nodes_without_features += nonzeros == 0 ? 1 : 0;
}

void count_rows(const Tensor& x, Description& facts) {
  facts.feature_min = facts.feature_max = x(0, 0);
  for (Index i = 0; i < x.rows(); ++i)
    count_row({x.row(i), static_cast<std::size_t>(x.columns())}, facts);
}

void count_rows(const SparseMatrix& x, Description& facts) {
  const bool has_zeros = x.nonzeros() < x.rows() * x.columns();
  facts.feature_min = facts.feature_max = has_zeros ? 0 : x.value().front();
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows()); ++i) {
    const auto first = static_cast<std::size_t>(x.offset()[i]), last = static_cast<std::size_t>(x.offset()[i + 1]);
    count_row(x.value().subspan(first, last - first), facts);
  }
}

void describe_features(const Dataset& data, Description& facts) {
  facts.features = data.feature_count();
  facts.sparse = std::holds_alternative<SparseMatrix>(data.features);
  if (data.nodes() == 0 || facts.features == 0) return;
  std::visit([&](const auto& x) { count_rows(x, facts); }, data.features);
  facts.filled =
      static_cast<double>(facts.nonzeros) / (static_cast<double>(data.nodes()) * static_cast<double>(facts.features));
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
  Description facts;
  facts.name = data.name;
  facts.format = data.format;
  facts.nodes = data.nodes();
  data.has_items() ? describe_items(data, facts) : describe_graph(data, facts);
  describe_features(data, facts);

  facts.class_names = data.class_names;
  facts.class_sizes.assign(data.class_names.size(), 0);
  facts.label_kind = data.label_kind;
  const bool classes = data.label_kind == LabelKind::classes;
  for (const auto label : data.labels)
    if (label < 0)
      ++facts.unlabelled;
    else if (classes)
      ++facts.class_sizes[static_cast<std::size_t>(label)];
  for (Index i = 0; !classes && i < data.targets.rows(); ++i)
    for (Index c = 0; c < data.targets.columns(); ++c)
      facts.class_sizes[static_cast<std::size_t>(c)] +=
          data.label_kind == LabelKind::several ? data.targets(i, c) == 1 : !std::isnan(data.targets(i, c));
  for (const Split& split : data.splits)
    facts.splits.push_back({sizes_of(split.train, data), sizes_of(split.validation, data), sizes_of(split.test, data)});
  facts.notes = data.notes;
  return facts;
}

}  // namespace mercer
