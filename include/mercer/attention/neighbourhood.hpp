#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "mercer/autograd/variable.hpp"
#include "mercer/graph/graph.hpp"

namespace mercer {

/// What is known of every edge, in the order of graph.adjacency(); layers that want it say so, others pass it by.
struct EdgeFacts {
  std::vector<Node> type{};  // [edges]  0 … types − 1: a relation, a number of steps
  Index types = 0;
  Variable weight{};  // [edges, 1], ≥ 0
};

/// What attention and its layers see: who attends to whom, and what is known of every edge. A graph is one.
class Neighbourhood {
 public:
  Neighbourhood(Graph graph) : graph_(std::move(graph)) {}
  /// Throws ShapeError and ValueError when the facts don't fit the edges.
  Neighbourhood(Graph graph, EdgeFacts facts);

  /// The same with its graph streamed (see Graph).
  Neighbourhood streamed(std::size_t device_bytes) const {
    Neighbourhood through = *this;
    through.graph_ = graph_.streamed(device_bytes);
    return through;
  }

  /// What the rows of a part see of it; `own` is a part of its graph (see part_graph). Facts of their edges come along,
  /// weights without a gradient. Throws ValueError unless this is a whole graph on the CPU with more rows than that.
  Neighbourhood part(Graph own) const;

  const Graph& graph() const { return graph_; }
  const EdgeFacts& facts() const { return *facts_; }
  /// (1/n) Σ_i x_i [1, d] over all n nodes, those of other parts, too: every part then has to ask.
  Variable mean(const Variable& x) const;
  /// Of values of nodes, those of the sources.
  Variable sources(const Variable& x) const { return x; }

 private:
  static const std::shared_ptr<const EdgeFacts>& no_facts();

  Graph graph_;
  std::shared_ptr<const EdgeFacts> facts_ = no_facts();
};

}  // namespace mercer
