#pragma once

#include <functional>
#include <utility>

#include "mercer/autograd/variable.hpp"
#include "mercer/graph/graph.hpp"

namespace mercer {

/// What a layer sees: who listens to whom, and how the values of the rows become those of the columns:
/// unchanged on a square graph, gathered on a sampled block, exchanged with other ranks on a part.
class Neighbourhood {
 public:
  using Speakers = std::function<Variable(const Variable&)>;

  Neighbourhood(Graph graph) : graph_(std::move(graph)) {}
  Neighbourhood(Graph graph, Speakers speakers) : graph_(std::move(graph)), speakers_(std::move(speakers)) {}

  const Graph& graph() const { return graph_; }
  /// [rows, d] → [columns, d].
  Variable speakers(const Variable& x) const { return speakers_ ? speakers_(x) : x; }

 private:
  Graph graph_;
  Speakers speakers_;
};

}  // namespace mercer
