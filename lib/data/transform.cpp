#include "mercer/data/transform.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "data/assemble.hpp"
#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

template <class T, class Number>
std::vector<T> picked(const std::vector<T>& values, std::span<const Number> numbers) {
  std::vector<T> kept;
  if (values.empty()) return kept;
  kept.reserve(numbers.size());
  for (const Number n : numbers)
    kept.push_back(values[static_cast<std::size_t>(n)]);
  return kept;
}

/// `nodes` in the numbers of the new graph, without removed nodes. place[i]: new number of old node i, −1 if removed.
std::vector<Node> moved(const std::vector<Node>& nodes, const std::vector<Node>& place) {
  std::vector<Node> kept;
  for (const Node i : nodes)
    if (const Node a = place[static_cast<std::size_t>(i)]; a >= 0) kept.push_back(a);
  return kept;
}

/// place[c]: the new number of old column c, −1 if removed.
SparseMatrix columns_of(const SparseMatrix& x, Index columns, const std::vector<Index>& place) {
  const SparseView old = x.view();
  std::vector<Edge> offset{0};
  std::vector<std::pair<Node, Real>> row;
  std::vector<Node> column;
  std::vector<Real> value;
  for (Index i = 0; i < x.rows(); ++i) {
    row.clear();
    for (Edge e = old.offset[i]; e < old.offset[i + 1]; ++e)
      if (const Index c = place[static_cast<std::size_t>(old.column[e])]; c >= 0)
        row.emplace_back(static_cast<Node>(c), old.value[e]);
    std::ranges::sort(row, {}, &std::pair<Node, Real>::first);
    for (const auto& [c, x_ic] : row) {
      column.push_back(c);
      value.push_back(x_ic);
    }
    offset.push_back(static_cast<Edge>(column.size()));
  }
  return {x.rows(), columns, offset, column, value};
}

Tensor columns_of(const Tensor& x, Index columns, const std::vector<Index>& place) {
  Tensor y(x.rows(), columns);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.columns(); ++c)
      if (const Index number = place[static_cast<std::size_t>(c)]; number >= 0) y.row(i)[number] = x.row(i)[c];
  return y;
}

/// Calls visit(column, value) for every stored value.
template <class Visit>
void for_each_value(const Features& features, Visit&& visit) {
  if (const auto* sparse = std::get_if<SparseMatrix>(&features)) {
    for (std::size_t e = 0; e < sparse->value().size(); ++e)
      visit(static_cast<std::size_t>(sparse->column()[e]), sparse->value()[e]);
    return;
  }
  const Tensor& x = std::get<Tensor>(features);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.columns(); ++c)
      visit(static_cast<std::size_t>(c), x.row(i)[c]);
}

void normalise(std::span<Real> row) {
  double sum = 0;
  for (const Real x : row)
    sum += std::abs(x);
  if (sum == 0) return;
  for (Real& x : row)
    x = static_cast<Real>(x / sum);
}

/// The slot of edge (i, j), or −1.
Edge slot_of(CsrView g, Node i, Node j) {
  const Node *const first = g.neighbour + g.offset[i], *const last = g.neighbour + g.offset[i + 1];
  const Node* const found = std::lower_bound(first, last, j);
  return found != last && *found == j ? found - g.neighbour : -1;
}

/// Where each edge of another graph on the same nodes has its facts from: its own slot, else that of the opposite edge;
/// −1 of an added loop.
std::vector<Edge> slots_before(CsrView before, CsrView graph) {
  std::vector<Edge> slots;
  slots.reserve(static_cast<std::size_t>(graph.edges()));
  for_each_edge(graph, [&](Node i, Node j, Edge) {
    const Edge slot = slot_of(before, i, j);
    slots.push_back(slot >= 0 ? slot : slot_of(before, j, i));
  });
  return slots;
}

/// Those of the slots; 1 for −1.
template <class T>
std::vector<T> at_slots(const std::vector<T>& values, const std::vector<Edge>& slots) {
  std::vector<T> now;
  if (values.empty()) return now;
  now.reserve(slots.size());
  for (const Edge slot : slots)
    now.push_back(slot < 0 ? T(1) : values[static_cast<std::size_t>(slot)]);
  return now;
}

/// Rows of features; zeros for −1.
Tensor rows_at(const Tensor& features, const std::vector<Edge>& slots) {
  if (features.columns() == 0) return {};
  Tensor rows(std::ssize(slots), features.columns());
  for (std::size_t e = 0; e < slots.size(); ++e)
    if (slots[e] >= 0) std::copy_n(features.row(slots[e]), features.columns(), rows.row(static_cast<Index>(e)));
  return rows;
}

/// The rows of the slots' edges in features that repeated edges have one by one; −1 once for −1.
std::vector<Edge> repeats_at(const std::vector<std::int32_t>& counts, const std::vector<Edge>& slots) {
  std::vector<Edge> first{0}, rows;
  for (const std::int32_t count : counts)
    first.push_back(first.back() + count);
  for (const Edge slot : slots) {
    if (slot < 0) rows.push_back(-1);
    for (Edge row = slot < 0 ? 0 : first[static_cast<std::size_t>(slot)];
         slot >= 0 && row < first[static_cast<std::size_t>(slot) + 1]; ++row)
      rows.push_back(row);
  }
  return rows;
}

/// What a data set holds of its edges.
struct FactsOfEdges {
  std::vector<Real> weights;
  std::vector<std::int32_t> counts;
  Tensor features, repeated;
};

FactsOfEdges facts_at(const Dataset& data, const std::vector<Edge>& slots) {
  FactsOfEdges facts{.weights = at_slots(data.edge_weights, slots),
                     .counts = at_slots(data.edge_counts, slots),
                     .features = rows_at(data.edge_features, slots),
                     .repeated = {}};
  if (data.has_repeated_features())
    facts.repeated = rows_at(data.repeated_features, repeats_at(data.edge_counts, slots));
  return facts;
}

void give_facts(Dataset& data, FactsOfEdges facts) {
  data.edge_weights = std::move(facts.weights);
  data.edge_counts = std::move(facts.counts);
  data.edge_features = std::move(facts.features);
  data.repeated_features = std::move(facts.repeated);
}

/// Adds the mean of the edges into node i, repeated ones as often as they stand there; nothing where there is none.
void add_mean_into(const Dataset& data, Node i, Real* to) {
  const CsrView g = data.graph.view();
  const auto times = [&](Edge e) {
    return data.edge_counts.empty() ? 1 : data.edge_counts[static_cast<std::size_t>(e)];
  };
  Edge all = 0;
  for (const Edge e : g.row(i))
    all += times(e);
  for (const Edge e : g.row(i))
    for (Index c = 0; c < data.edge_features.columns(); ++c)
      to[c] += static_cast<Real>(times(e)) / static_cast<Real>(all) * data.edge_features(e, c);
}

/// The features of added loops, as in PyTorch Geometric.
void set_loops(const Dataset& data, CsrView graph, const std::vector<Edge>& slots, FactsOfEdges& facts) {
  const Index width = data.edge_features.columns();
  Edge row = 0;  // of facts.repeated
  for_each_edge(graph, [&](Node i, Node, Edge e) {
    const auto slot = static_cast<std::size_t>(e);
    if (slots[slot] < 0) {
      add_mean_into(data, i, facts.features.row(e));
      if (data.has_repeated_features()) std::copy_n(facts.features.row(e), width, facts.repeated.row(row));
    }
    row += facts.counts.empty() ? 1 : facts.counts[slot];
  });
}

bool has_edge_facts(const Dataset& data) {
  return !data.edge_weights.empty() || !data.edge_counts.empty() || data.has_edge_features();
}

/// Puts another graph on the same nodes.
Dataset on_graph(Dataset data, Csr graph) {
  if (has_edge_facts(data)) {
    const std::vector<Edge> slots = slots_before(data.graph.view(), graph.view());
    FactsOfEdges facts = facts_at(data, slots);
    if (data.has_edge_features()) set_loops(data, graph.view(), slots, facts);
    give_facts(data, std::move(facts));
  }
  data.graph = std::move(graph);
  return data;
}

/// The slots in the whole graph of the edges that a part on `nodes` keeps.
std::vector<Edge> slots_of_part(CsrView whole, CsrView part, std::span<const Node> nodes) {
  std::vector<Edge> slots;
  slots.reserve(static_cast<std::size_t>(part.edges()));
  for_each_edge(part, [&](Node i, Node j, Edge) {
    slots.push_back(slot_of(whole, nodes[static_cast<std::size_t>(i)], nodes[static_cast<std::size_t>(j)]));
  });
  return slots;
}

}  // namespace

Dataset symmetrised(Dataset data) {
  Csr graph = symmetrised(data.graph.view());
  data.directed = false;
  return on_graph(std::move(data), std::move(graph));
}

Dataset with_loops(Dataset data) {
  Csr graph = with_loops(data.graph.view());
  return on_graph(std::move(data), std::move(graph));
}

Dataset without_loops(Dataset data) {
  Csr graph = without_loops(data.graph.view());
  return on_graph(std::move(data), std::move(graph));
}

Dataset with_repeats(Dataset data) {
  if (data.edge_counts.empty()) return data;
  std::vector<Edge> offset{0};
  std::vector<Node> neighbour;
  std::vector<Real> weights;
  std::vector<Edge> slots;  // of before
  const CsrView g = data.graph.view();
  for (Index i = 0; i < g.rows; ++i) {
    for (const Edge e : g.row(i)) {
      const auto slot = static_cast<std::size_t>(e);
      const auto times = static_cast<std::size_t>(data.edge_counts[slot]);
      neighbour.insert(neighbour.end(), times, g.neighbour[e]);
      slots.insert(slots.end(), times, e);
      if (!data.edge_weights.empty())  // the sum of all of them
        weights.insert(weights.end(), times, data.edge_weights[slot] / static_cast<Real>(times));
    }
    offset.push_back(static_cast<Edge>(neighbour.size()));
  }
  data.graph = Csr(g.rows, g.columns, std::move(offset), std::move(neighbour));
  data.edge_weights = std::move(weights);
  data.edge_features =
      data.has_repeated_features() ? std::move(data.repeated_features) : rows_at(data.edge_features, slots);
  data.repeated_features = {};
  data.edge_counts.clear();
  return data;
}

Dataset induced(const Dataset& data, std::span<const Node> nodes) {
  require_graph("induced", data);
  Dataset part;
  part.graph = induced(data.graph.view(), nodes);  // throws on a node out of range or named twice
  if (has_edge_facts(data)) {
    const std::vector<Edge> slots = slots_of_part(data.graph.view(), part.graph.view(), nodes);
    give_facts(part, facts_at(data, slots));
    part.edge_feature_names = data.edge_feature_names;
  }
  part.name = data.name;
  part.format = data.format;
  part.directed = data.directed;
  part.largest_component = data.largest_component;
  part.first_index = data.first_index;
  part.feature_names = data.feature_names;
  part.features = rows_of(data.features, nodes);
  part.labels = picked(data.labels, nodes);
  part.class_names = data.class_names;
  part.label_kind = data.label_kind;
  part.label_doubt = data.label_doubt;
  if (data.label_kind != LabelKind::classes) part.targets = std::get<Tensor>(rows_of(Features(data.targets), nodes));
  for (LabelReading reading : data.other_readings) {
    if (reading.problem.empty() && reading.kind == LabelKind::classes)
      reading.labels = picked(reading.labels, nodes);
    else if (reading.problem.empty())
      reading.targets = std::get<Tensor>(rows_of(Features(reading.targets), nodes));
    part.other_readings.push_back(std::move(reading));
  }
  part.node_names = picked(data.node_names, nodes);
  part.notes = data.notes;
  part.label_notes = data.label_notes;
  part.noted_unlabelled = data.noted_unlabelled;
  part.left_out_of_splits = data.left_out_of_splits;
  part.no_labels_note = data.no_labels_note;
  part.repeats_note = data.repeats_note;

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

Dataset with_columns(Dataset data, std::span<const Index> columns) {
  const Index width = data.feature_count();
  std::vector<Index> place(static_cast<std::size_t>(width), -1);
  std::vector<std::string> names;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Index old = columns[c];
    require(old >= -1 && old < width, "with_columns",
            "column: got " + std::to_string(old) + ", want -1 … " + std::to_string(width - 1));
    if (!data.feature_names.empty())
      names.push_back(old < 0 ? std::string() : data.feature_names[static_cast<std::size_t>(old)]);
    if (old < 0) continue;
    Index& number = place[static_cast<std::size_t>(old)];
    require(number < 0, "with_columns", "column " + std::to_string(old) + ": got it twice, want each at most once");
    number = static_cast<Index>(c);
  }
  data.features = std::visit(
      [&](const auto& x) { return Features(columns_of(x, static_cast<Index>(columns.size()), place)); }, data.features);
  data.feature_names = std::move(names);
  return data;
}

ColumnScales column_scales(const Features& features) {
  const bool sparse = std::holds_alternative<SparseMatrix>(features);
  const auto [rows, columns] = std::visit([](const auto& x) { return std::pair(x.rows(), x.columns()); }, features);
  const auto width = static_cast<std::size_t>(columns);
  const double count = std::max(1.0, static_cast<double>(rows));
  std::vector<double> mean(width, 0), square(width, 0), stored(width, 0);
  for_each_value(features, [&](std::size_t c, Real x) {
    mean[c] += static_cast<double>(x) / count;
    ++stored[c];
  });
  for_each_value(features, [&](std::size_t c, Real x) {
    const double d = static_cast<double>(x) - mean[c];
    square[c] += d * d / count;
  });
  constexpr double rounding = 1e-7;  // of a column whose values are all alike
  ColumnScales scales{std::vector<Real>(width, 0), std::vector<Real>(width, 1)};
  for (std::size_t c = 0; c < width; ++c) {
    square[c] += mean[c] * mean[c] * (1 - stored[c] / count);  // of the zeros that aren't stored
    const auto scale = static_cast<Real>(1 / std::sqrt(square[c]));
    const bool varies = std::sqrt(square[c]) > rounding * std::abs(mean[c]);
    if (varies && std::isfinite(scale) && scale > 0) scales.scale[c] = scale;
    if (!sparse) scales.mean[c] = static_cast<Real>(mean[c]);
  }
  return scales;
}

Tensor standardised(Tensor x, const ColumnScales& by) {
  expect("standardised", {{"means", std::ssize(by.mean), x.columns()}, {"scales", std::ssize(by.scale), x.columns()}});
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.columns(); ++c) {
      const auto column = static_cast<std::size_t>(c);
      x.row(i)[c] = (x.row(i)[c] - by.mean[column]) * by.scale[column];
    }
  return x;
}

Dataset standardised(Dataset data, const ColumnScales& by) {
  expect("standardised", {{"means", std::ssize(by.mean), data.feature_count()},
                          {"scales", std::ssize(by.scale), data.feature_count()}});
  if (auto* sparse = std::get_if<SparseMatrix>(&data.features)) {
    for (std::size_t e = 0; e < sparse->value().size(); ++e)
      sparse->value()[e] *= by.scale[static_cast<std::size_t>(sparse->column()[e])];
    return data;
  }
  data.features = standardised(std::get<Tensor>(std::move(data.features)), by);
  return data;
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
