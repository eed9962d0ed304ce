#include "data/tables/edge_arrays.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "data/files/npz_members.hpp"
#include "data/files/read_file.hpp"
#include "data/rounding.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {

std::vector<NodePair> pairs_of(const NpyArray& edge_index, Index nodes) {
  if (edge_index.shape.size() != 2 || edge_index.shape[0] != 2) refuse_shape(edge_index, "(2, edges)");
  const std::vector<std::int64_t> ends = edge_index.as<std::int64_t>();
  const std::size_t count = ends.size() / 2;
  std::vector<NodePair> pairs;
  pairs.reserve(count);
  for (std::size_t e = 0; e < count; ++e) {
    for (const std::int64_t end : {ends[e], ends[count + e]})
      if (end < 0 || end >= nodes)
        refuse_file(edge_index.source, "edge " + std::to_string(e),
                    "node " + std::to_string(end) + " is out of range, want 0 … " + std::to_string(nodes - 1));
    pairs.emplace_back(static_cast<Node>(ends[count + e]), static_cast<Node>(ends[e]));
  }
  return pairs;
}

std::vector<Real> edge_weights_of(const NpyArray& array, Edge edges, Dataset& data) {
  std::vector<Real> weight = reals_of(array, data.notes);
  const bool column = array.shape.size() == 2 && array.shape[1] == 1;
  if ((array.shape.size() != 1 && !column) || array.shape[0] != edges)
    refuse_shape(array, "one for each of the " + std::to_string(edges) + " edges");
  for (std::size_t e = 0; e < weight.size(); ++e)
    if (!std::isfinite(weight[e]))
      refuse_file(array.source, "edge " + std::to_string(e),
                  "the weight is " + std::to_string(weight[e]) + ", want a finite number");
  return weight;
}

std::vector<Real> read_edge_weights(const Npz& archive, Edge edges, Dataset& data) {
  const std::string name = first_of(archive, edge_weight_members);
  if (name.empty() || !has_readable(archive, name)) return {};
  std::vector<Real> weight = edge_weights_of(archive.at(name), edges, data);
  const bool sums = archive.contains("adj_counts");  // 1 may be the sum of several
  if (!sums && std::ranges::all_of(weight, [](Real w) { return w == 1; })) weight.clear();
  if (!weight.empty()) data.notes.push_back(in_quotes(name) + " is read as the weights of the edges");
  return weight;
}

void read_edge_features(const Npz& archive, Edge edges, Dataset& data) {
  const std::string name = first_of(archive, edge_feature_members);
  if (name.empty() || !has_readable(archive, name)) return;
  set_edge_features(archive.at(name), edges, data);
  if (name != edge_feature_members[0]) data.notes.push_back(in_quotes(name) + " is read as the features of the edges");
  if (has_readable(archive, "edge_feature_names"))
    data.edge_feature_names = member_of_shape(archive, "edge_feature_names", {data.edge_features.columns()}).strings();
}

Tensor edge_feature_rows(const NpyArray& array, Edge edges, Dataset& data) {
  const bool fits = (array.shape.size() == 1 || array.shape.size() == 2) && array.shape[0] == edges;
  if (!fits) refuse_shape(array, "[edges, features] for the " + std::to_string(edges) + " edges");
  const std::vector<Real> values = reals_of(array, data.notes);
  const Index width = array.shape.size() == 1 ? 1 : array.shape[1];
  const auto bad = std::ranges::find_if_not(values, [](Real x) { return std::isfinite(x); });
  if (bad != values.end()) {
    const Index place = bad - values.begin();
    refuse_file(
        array.source, "row " + std::to_string(place / width) + ", column " + std::to_string(place % width),
        "got " + std::to_string(*bad) + ", want finite features of the edges: write a value for what is missing");
  }
  return Tensor::from(edges, width, values);
}

void set_edge_features(const NpyArray& array, Edge edges, Dataset& data) {
  data.edge_features = edge_feature_rows(array, edges, data);
}

}  // namespace mercer
