#pragma once

#include <span>
#include <vector>

#include "mercer/data/dataset.hpp"

/// Each function returns a changed data set; names, labels and splits follow their nodes. Pass the old one by std::move
/// to avoid a copy.
namespace mercer {

Dataset symmetrised(Dataset data);  // adds the edge i → j for every edge j → i, with its weight and features
/// Every node attends to itself. An added loop has weight 1, and as features the mean over the edges into its node, of
/// which repeated ones count as often as edge_counts says; zeros without such edges.
Dataset with_loops(Dataset data);
Dataset without_loops(Dataset data);

/// Every edge as often as edge_counts says, in slots next to each other, each with the features of its own where the
/// data have them; the counts are then gone.
Dataset with_repeats(Dataset data);

/// The subgraph on `nodes` (distinct) with its data; node nodes[a] becomes a. A split keeps its remaining nodes, in
/// their order. Throws ValueError on a node out of range or named twice.
Dataset induced(const Dataset& data, std::span<const Node> nodes);

/// The largest weakly connected component, its nodes in their order; the first one when several tie.
Dataset largest_component(const Dataset& data);

/// The feature columns `columns`, in this order; −1 is a column of zeros. Feature names follow. Throws ValueError on a
/// column out of range or named twice.
Dataset with_columns(Dataset data, std::span<const Index> columns);

/// The mean of each feature column over all nodes, and 1 / its standard deviation (1 for a constant column).
struct ColumnScales {
  std::vector<Real> mean, scale;  // [f]
};
/// Sparse features are scaled without a mean, so that zeros stay: their mean is 0 here.
ColumnScales column_scales(const Features& features);

/// (x_ic − mean_c) · scale_c. Throws ShapeError unless there is a mean and a scale for each column.
Dataset standardised(Dataset data, const ColumnScales& by);
Tensor standardised(Tensor x, const ColumnScales& by);

/// x_ic / Σ_c |x_ic|: the absolute values of a node's features sum to 1. A row of zeros stays.
Dataset row_normalised(Dataset data);

}  // namespace mercer
