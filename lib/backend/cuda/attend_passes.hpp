#pragma once

#include "backend/edge_ops.hpp"

/// The passes that attention is made of, over the edges of a topology or of a piece of it. All views, and all that an
/// EdgeList points to, are of the device.
namespace mercer::cuda {

/// y of the rows, and what is kept of them. Adds to `guarded` how many row sums were guarded.
void attend_over_rows(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept,
                      unsigned long long* guarded);

}  // namespace mercer::cuda
