#include "mercer/layers/edge_facts.hpp"

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "mercer/attention/full_blocks.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// Rows of x at node end(i, j) of each edge.
template <class End>
Variable of_ends(const char* op, const Neighbourhood& neighbourhood, const Variable& x, End end) {
  require(neighbourhood.partitioned() == nullptr, op,
          "facts of edges: got a part of a graph, want the whole: the other ends of its edges are elsewhere");
  std::vector<Node> nodes;
  nodes.reserve(static_cast<std::size_t>(neighbourhood.edges()));
  for_each_edge(neighbourhood.view().adjacency, [&](Node i, Node j, Edge) { nodes.push_back(end(i, j)); });
  return gather_rows(x, nodes);
}

/// 1 / √d; 0 where d is 0.
Variable inverse_root(const Variable& d) {
  const Variable above_zero = clamp(d, std::numeric_limits<Real>::min(), std::numeric_limits<Real>::max());
  return multiply(exp(scale(log(above_zero), Real(-0.5))), sign(d));
}

}  // namespace

void refuse_other_facts(const char* layer, const Neighbourhood& neighbourhood, const TakenFacts& taken) {
  const EdgeFacts& facts = neighbourhood.facts();
  const auto refuse = [&](bool given, bool takes, const char* what) {
    require(!given || takes, layer,
            std::string(what) + ": this layer doesn't take them; give it a neighbourhood without");
  };
  refuse(facts.types > 0, taken.types, "edge types");
  refuse(facts.weight.defined(), taken.weights, "edge weights");
  refuse(facts.features.defined(), taken.features, "edge features");
}

void expect_edge_features(const char* layer, Index count) {
  require(count >= 0, layer, "edge_features: got " + std::to_string(count) + ", want at least 0");
}

const Variable& edge_features_of(const char* layer, const Neighbourhood& neighbourhood, Index count) {
  const Variable& features = neighbourhood.facts().features;
  require(features.defined(), layer, "edge features: the neighbourhood has none");
  expect(layer, {{"columns of edge features", features.columns(), count}});
  return features;
}

Variable of_edge_targets(const char* op, const Neighbourhood& neighbourhood, const Variable& x) {
  return of_ends(op, neighbourhood, x, [](Node i, Node) { return i; });
}

Variable of_edge_sources(const char* op, const Neighbourhood& neighbourhood, const Variable& x) {
  return of_ends(op, neighbourhood, x, [](Node, Node j) { return j; });
}

Variable symmetric_weights(const char* op, const Neighbourhood& neighbourhood) {
  const auto& [type, types, w, degree, features] = neighbourhood.facts();
  require(w.defined(), op, "degrees of edge weights: the neighbourhood has no edge weights");
  const bool is_whole = std::holds_alternative<Graph>(neighbourhood.topology()) &&
                        neighbourhood.partitioned() == nullptr && neighbourhood.rows() == neighbourhood.columns();
  require(is_whole || degree.defined(), op,
          "degrees of edge weights: want a whole square graph, or blocks that know the degrees of one, which "
          "full_blocks(neighbourhood, targets, layers) makes");
  const Variable root = inverse_root(degree ? degree : weighted_degrees(neighbourhood));
  return multiply(w, multiply(of_edge_targets(op, neighbourhood, root), of_edge_sources(op, neighbourhood, root)));
}

}  // namespace mercer
