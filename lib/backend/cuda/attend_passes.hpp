#pragma once

#include "backend/edge_ops.hpp"

/// The passes that attention is made of, over the edges of a whole graph or of a piece of it. All views, and all that
/// an EdgeList points to, are of the device; EdgeTerms::graph is not looked at.
namespace mercer::cuda {

/// One direction over edges.
struct EdgeList {
  CsrOnDevice edges{};
  const Edge* slots = nullptr;   // where edge operands stand; null: in the order of the list
  Index first = 0;               // the number in the whole graph of row 0 of the list
  const Node* number = nullptr;  // those of its columns; null: as they stand
};

inline EdgeList adjacency_of(const Graph& graph) {
  const GraphOnDevice there = graph.on_device();
  return {.edges = there.adjacency, .first = graph.first(), .number = there.sources};
}
inline EdgeList transpose_of(const Graph& graph) {
  const GraphOnDevice there = graph.on_device();
  return {.edges = there.transpose, .slots = there.slots, .first = graph.first(), .number = there.targets};
}

/// y of the rows, and what is kept of them. Adds to `guarded` how many row sums were guarded.
void attend_over_rows(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept,
                      unsigned long long* guarded);
/// Gradients of q, kernel_weight, edge_bias and edge_weight.
void differentiate_over_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                             const EdgeGradients& wanted);
/// Gradients of k, v and key_bias.
void differentiate_over_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                                const EdgeGradients& wanted);

}  // namespace mercer::cuda
