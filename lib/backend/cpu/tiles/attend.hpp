#pragma once

#include "backend/edge_ops.hpp"

/// Attention over segments by tiles of scores. Here are the passes of edge_ops.inc that have such a form.
namespace mercer::cpu::tiles {

/// Can a pass be done by tiles? Its rows hold runs of columns without facts of the pairs, and one product of matrices
/// gives t of a tile: t is ⟨q, k⟩, or ‖q − k‖² of a kernel that is smooth at 0, whose slope never magnifies the
/// rounding of near pairs. Others go edge by edge.
inline bool suits(const EdgeTerms& terms, const EdgeList& list) {
  return list.edges.run != nullptr && terms.edge_bias.data == nullptr && terms.edge_weight.data == nullptr &&
         terms.kernel.loops().product != MatrixPairing::none;
}

Index attend_forward(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept);
void attend_backward_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                          const EdgeGradients& wanted);
void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted);

}  // namespace mercer::cpu::tiles
