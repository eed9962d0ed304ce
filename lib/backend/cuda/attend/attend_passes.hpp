#pragma once

#include "backend/edge_ops.hpp"

/// The passes of attention over the edges of a topology or of a piece of it. All pointers are of the device.
namespace mercer::cuda {

/// Computes y and the saved values of the rows. Adds the number of guarded row sums to `guarded`.
void attend_over_rows(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept,
                      unsigned long long* guarded);

/// attend_backward_columns, which also leaves ∂L/∂t of every edge in `dt` [edges, h], in the order of the rows, if it
/// is not null and the pass can (leaves_slopes in direct_gradients.cuh).
void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted, Real* dt);

}  // namespace mercer::cuda
