#include "mercer/data/fingerprint.hpp"

#include <bit>
#include <set>
#include <span>
#include <utility>

#include "mercer/base/hash.hpp"

namespace mercer {
namespace {

/// Weights and items count where there are any.
std::uint64_t hash_of(CsrView g, const std::vector<Real>& weights, const std::vector<Index>& item_offset) {
  Hash hash;
  for_each_edge(
      g, [&](Node i, Node j, Edge) { hash.add(static_cast<std::uint64_t>(i) << 32 | static_cast<std::uint32_t>(j)); });
  for (const Real w : weights)
    hash.add(std::bit_cast<std::uint32_t>(static_cast<float>(w)));
  for (const Index first : item_offset)
    hash.add(static_cast<std::uint64_t>(first));
  return hash.value();
}

/// Zeros are left out, so that storage makes no difference.
void add_value(Hash& hash, Index i, Index column, Real value) {
  if (value == 0) return;
  hash.add(static_cast<std::uint64_t>(i));
  hash.add(static_cast<std::uint64_t>(column) << 32 | std::bit_cast<std::uint32_t>(static_cast<float>(value)));
}

std::uint64_t hash_of(const SparseMatrix& x) {
  Hash hash;
  const SparseView view = x.view();
  for (Index i = 0; i < x.rows(); ++i)
    for (Edge e = view.offset[i]; e < view.offset[i + 1]; ++e)
      add_value(hash, i, view.column[e], view.value[e]);
  return hash.value();
}

std::uint64_t hash_of(const Tensor& x) {
  Hash hash;
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.columns(); ++c)
      add_value(hash, i, c, x.row(i)[c]);
  return hash.value();
}

std::uint64_t hash_of(std::span<const std::int32_t> labels) {
  Hash hash;
  for (const std::int32_t label : labels)
    hash.add(static_cast<std::uint64_t>(label));
  return hash.value();
}

void add_names(Hash& hash, const std::vector<std::string>& names) {
  hash.add(names.size());
  for (const std::string& name : names) {
    for (const char c : name)
      hash.add(static_cast<unsigned char>(c));
    hash.add(0x100);  // the end of a name
  }
}

std::uint64_t hash_of(const std::vector<Split>& splits) {
  Hash hash;
  for (const Split& split : splits)
    for (const std::vector<Node>* part : {&split.train, &split.validation, &split.test}) {
      hash.add(part->size());
      for (const Node i : *part)
        hash.add(static_cast<std::uint64_t>(i));
    }
  return hash.value();
}

/// Are the names 1 … n, or 0 … n − 1, as any data could have them?
bool are_numbers(const std::vector<std::string>& names) {
  const std::size_t first = !names.empty() && names.front() == "0" ? 0 : 1;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] != std::to_string(i + first)) return false;
  return true;
}

/// Do rows differ, and not as those of the identity do?
bool tells(const Tensor& x) {
  bool constant = true, identity = x.rows() == x.columns();
  for (Index i = 0; i < x.rows() && (constant || identity); ++i)
    for (Index c = 0; c < x.columns(); ++c) {
      constant &= x.row(i)[c] == x.row(0)[c];
      identity &= x.row(i)[c] == (i == c ? 1 : 0);
    }
  return !constant && !identity;
}

bool tells(const SparseMatrix& x) {
  const SparseView view = x.view();
  const auto row = [&](Index i) {  // of column and value, without the zeros that are stored
    std::vector<std::pair<Index, Real>> values;
    for (Edge e = view.offset[i]; e < view.offset[i + 1]; ++e)
      if (view.value[e] != 0) values.emplace_back(view.column[e], view.value[e]);
    return values;
  };
  bool constant = true, identity = x.rows() == x.columns();
  const auto first = x.rows() > 0 ? row(0) : decltype(row(0))();
  for (Index i = 0; i < x.rows() && (constant || identity); ++i) {
    const auto values = row(i);
    constant &= values == first;
    identity &= values.size() == 1 && values.front() == std::pair<Index, Real>(i, Real(1));
  }
  return !constant && !identity;
}

/// Is there a class that neither the one before nor the turn of the classes says? Made graphs often have their classes
/// in runs or in turn.
bool tells(const Dataset& data) {
  if (data.label_kind != LabelKind::classes) return tells(data.targets);
  const std::vector<std::int32_t>& labels = data.labels;
  std::set<std::int32_t> seen;
  std::size_t runs = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    runs += i == 0 || labels[i] != labels[i - 1] ? 1 : 0;
    seen.insert(labels[i]);
  }
  bool in_turn = true;
  for (std::size_t i = seen.size(); i < labels.size(); ++i)
    in_turn &= labels[i] == labels[i - seen.size()];
  return runs > seen.size() && !in_turn;
}

}  // namespace

Fingerprint fingerprint(const Dataset& data) {
  Hash names;
  add_names(names, data.class_names);
  add_names(names, data.feature_names);
  std::uint64_t graph = hash_of(data.graph.view(), data.edge_weights, data.item_offset);
  if (data.has_edge_features()) {
    add_names(names, data.edge_feature_names);
    graph ^= hash_of(data.edge_features);
    if (data.has_repeated_features()) graph ^= hash_of(data.repeated_features);
  }
  if (!data.edge_counts.empty()) graph ^= hash_of(std::span<const std::int32_t>(data.edge_counts));
  Hash node_names;
  add_names(node_names, data.node_names);
  return {.nodes = data.nodes(),
          .edges = data.graph.edges(),
          .features = data.feature_count(),
          .graph = graph,
          .feature_values = std::visit([](const auto& x) { return hash_of(x); }, data.features),
          .labels = hash_of(std::span<const std::int32_t>(data.labels)) ^
                    (data.label_kind == LabelKind::classes ? 0 : hash_of(data.targets)),
          .names = names.value(),
          .splits = hash_of(data.splits),
          .node_names = are_numbers(data.node_names) ? 0 : node_names.value(),
          .features_tell = std::visit([](const auto& x) { return tells(x); }, data.features),
          .labels_tell = tells(data),
          .directed = data.directed};
}

std::string difference(const Fingerprint& a, const Fingerprint& b) {
  std::string text;
  const auto note = [&](bool same, const char* what) {
    if (!same) text += (text.empty() ? "" : " and ") + std::string(what);
  };
  note(a.nodes == b.nodes, "number of nodes");
  // without edges only items make a difference
  note(a.edges == b.edges && a.graph == b.graph, a.edges == 0 && b.edges == 0 ? "lengths of sequences" : "edges");
  note(!a.directed || !b.directed || a.directed == b.directed, "direction of edges");
  note(a.features == b.features && a.feature_values == b.feature_values, "features");
  note(a.labels == b.labels, "labels");
  note(a.names == b.names || a.names == 0 || b.names == 0, "names of classes or features");
  note(a.splits == b.splits || a.splits == 0 || b.splits == 0, "splits");
  return text;
}

bool same_nodes(const Fingerprint& a, const Fingerprint& b) {
  if (a.nodes != b.nodes) return false;
  int same = 0;
  bool tells = false;
  const auto count = [&](bool is_same, bool tells_nodes) {
    same += is_same ? 1 : 0;
    tells |= is_same && tells_nodes;
  };
  count(a.edges == b.edges && a.graph == b.graph, a.edges > 0);
  count(a.features == b.features && a.feature_values == b.feature_values, a.features_tell || b.features_tell);
  count(a.labels == b.labels, a.labels_tell || b.labels_tell);
  count(a.node_names != 0 && a.node_names == b.node_names, true);
  return same >= 2 && tells;
}

}  // namespace mercer
