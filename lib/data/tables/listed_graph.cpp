#include "data/tables/listed_graph.hpp"

#include <algorithm>
#include <utility>

#include "graph/merged_rows.hpp"
#include "mercer/graph/edge_list.hpp"

namespace mercer {
namespace {

/// Rows of features sorted by slot; those of a slot stay in their order.
Tensor by_slot(const GivenEdges& given, const Tensor& features, const std::vector<std::int32_t>& counts) {
  std::vector<Edge> next{0};  // row of each slot
  for (const std::int32_t count : counts)
    next.push_back(next.back() + count);
  Tensor sorted(features.rows(), features.columns());
  for (Index e = 0; e < features.rows(); ++e)
    std::copy_n(features.row(e), features.columns(),
                sorted.row(next[static_cast<std::size_t>(given.slot[static_cast<std::size_t>(e)])]++));
  return sorted;
}

/// Merges facts of given edges: weights are added, features averaged, and kept one by one where edges repeat.
void set_facts(const GivenEdges& given, const std::vector<Real>& weight, Dataset& data,
               std::vector<std::int32_t>& counts) {
  const Edge edges = given.adjacency.edges();
  if (!weight.empty()) data.edge_weights.assign(static_cast<std::size_t>(edges), 0);
  counts.assign(static_cast<std::size_t>(edges), 0);
  const Tensor features = std::move(data.edge_features);
  data.edge_features = Tensor(edges, features.columns());
  for (std::size_t e = 0; e < given.slot.size(); ++e) {
    const auto slot = static_cast<std::size_t>(given.slot[e]);
    ++counts[slot];
    if (!weight.empty()) data.edge_weights[slot] += weight[e];
    for (Index c = 0; c < features.columns(); ++c) {
      Real& mean = data.edge_features(given.slot[e], c);
      mean += (features(static_cast<Index>(e), c) - mean) / static_cast<Real>(counts[slot]);
    }
  }
  const bool repeats = std::ssize(given.slot) > edges;
  if (repeats && features.columns() > 0) data.repeated_features = by_slot(given, features, counts);
}

}  // namespace

void set_graph(Index nodes, std::vector<NodePair> edges, const std::vector<Real>& weight, Dataset& data) {
  std::vector<std::int32_t> counts;
  if (weight.empty() && !data.has_edge_features()) {
    data.graph = merged_rows(nodes, nodes, edges, &counts);
  } else {
    std::vector<Node> source, target;
    for (const auto& [i, j] : edges) {
      target.push_back(i);
      source.push_back(j);
    }
    GivenEdges given = edge_list(nodes, source, target);
    set_facts(given, weight, data, counts);
    data.graph = std::move(given.adjacency);
  }
  const auto repeated = static_cast<Edge>(edges.size()) - data.graph.edges();
  data.edge_list = std::move(edges);
  if (repeated == 0) return;
  data.edge_counts = std::move(counts);
  data.repeats_note = std::to_string(repeated) + " repeated edges are merged" +
                      (weight.empty() ? "" : "; their weights are added") +
                      (data.has_edge_features() ? "; their features are averaged" : "");
  data.notes.push_back(data.repeats_note);
}

void set_listed_graph(Index nodes, std::vector<NodePair> edges, const std::vector<Real>& weight,
                      const std::string& note, Dataset& data) {
  if (!std::ranges::all_of(weight, [](Real w) { return w == 1; })) {
    data.notes.push_back(note);
    return set_graph(nodes, std::move(edges), weight, data);
  }
  set_graph(nodes, std::move(edges), {}, data);
  if (weight.empty() || data.edge_counts.empty()) return;
  data.edge_weights.assign(data.edge_counts.begin(), data.edge_counts.end());
  data.notes.push_back(note + ": those of 1 are added where edges repeat");
}

}  // namespace mercer
