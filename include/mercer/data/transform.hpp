#pragma once

#include <span>

#include "mercer/data/dataset.hpp"

/// Each returns the data set changed in one way; move the old one in to spare a copy. Names, labels and splits
/// follow their nodes.
namespace mercer {

Dataset symmetrised(Dataset data);  // i attends to j whenever j attends to i
Dataset with_loops(Dataset data);   // every node attends to itself
Dataset without_loops(Dataset data);

/// The part of the data set on `nodes` (distinct); node nodes[a] becomes a. A split keeps those of its nodes that
/// are left, in their order. Throws ValueError.
Dataset induced(const Dataset& data, std::span<const Node> nodes);

/// The largest weakly connected component, its nodes in their order; the first one when several tie.
Dataset largest_component(const Dataset& data);

/// x_ic / Σ_c |x_ic|: the features of each node sum to 1 in absolute value. A row of zeros stays.
Dataset row_normalised(Dataset data);

}  // namespace mercer
