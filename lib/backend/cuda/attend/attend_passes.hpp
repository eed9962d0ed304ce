#pragma once

#include "backend/edge_ops.hpp"

/// The passes of attention over the edges of a topology or of a piece of it. All pointers are of the device.
namespace mercer::cuda {

/// Computes y and the saved values of the rows. Adds the number of guarded row sums to `guarded`.
void attend_over_rows(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept,
                      unsigned long long* guarded);

}  // namespace mercer::cuda
