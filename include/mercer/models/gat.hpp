#pragma once

#include "mercer/layers/graph_attention.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/shape.hpp"

namespace mercer {

/// The layer as the GAT authors wrote it, with their dropout of 0.6 on x, α and values.
GraphAttentionOptions gat_of_the_authors();
/// The layer as PyTorch Geometric has it: no scalar score biases and no dropout on values.
GraphAttentionOptions gat_of_pyg();

/// GraphAttention layers with ELU between. Of `layer`, the sizes (in, width, heads, join) are taken from the shape,
/// and the output layer has no residual. The graph should hold loops.
Model gat(const Shape& shape, const GraphAttentionOptions& layer, Index features, Index classes, Random& random);

}  // namespace mercer
