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

inline EdgeList listens_of(const Graph& graph) { return {.edges = graph.on_device().listens}; }
inline EdgeList speaks_of(const Graph& graph) {
  const GraphOnDevice there = graph.on_device();
  return {.edges = there.speaks, .slots = there.slots};
}

/// What the forward pass left of each row, and what its backward pass finds first.
struct Rows {
  ConstView v, state, dy;
  ConstView delta;             // [n, h]  ⟨dy_i, y_i⟩ = Σ_j α_ij ∂L/∂α_ij; 0 where the denominator is fixed
  const unsigned char* alive;  // [n]     is any of dy_i not 0?
};

/// What is found of each row without its edges.
struct Deltas {
  View delta;            // as in Rows
  unsigned char* alive;  // the same
  View dq;               // where slopes were kept
  ConstView slope;
};

/// y of the rows, and what is kept of them. Adds to `guarded` how many row sums were guarded.
void attend_over_rows(const EdgeTerms& terms, const EdgeList& listens, ConstView v, View y, const Kept& kept,
                      unsigned long long* guarded);
/// delta and alive, of which the other two passes ask.
void find_deltas_of(const EdgeTerms& terms, ConstView y, ConstView state, ConstView dy, const Deltas& found);
/// Gradients of q, kernel_weight, edge_bias and edge_weight.
void differentiate_over_rows(const EdgeTerms& terms, const EdgeList& listens, const Rows& rows,
                             const EdgeGradients& wanted);
/// Gradients of k, v and key_bias.
void differentiate_over_columns(const EdgeTerms& terms, const EdgeList& speaks, const Rows& rows,
                                const EdgeGradients& wanted);

inline bool wants_rows(const EdgeGradients& of) {
  return of.q.data != nullptr || of.kernel_weight.data != nullptr || of.edge_bias.data != nullptr ||
         of.edge_weight.data != nullptr;
}
inline bool wants_columns(const EdgeGradients& of) {
  return of.k.data != nullptr || of.v.data != nullptr || of.key_bias.data != nullptr;
}

}  // namespace mercer::cuda
