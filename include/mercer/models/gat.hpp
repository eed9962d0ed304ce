#pragma once

#include "mercer/layers/graph_attention.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/shape.hpp"

namespace mercer {

/// The options of a layer.
struct GatLayer {
  AttentionLayerOptions layer{};
  GraphAttentionOptions own{};
};

/// The layer of the GAT authors, with their dropout of 0.6 on x, α and values.
GatLayer gat_of_the_authors();
/// The layer of PyTorch Geometric: without score biases and dropout on values.
GatLayer gat_of_pyg();

/// A stack of GraphAttention layers. The shape gives the sizes of `layer` (in, width, heads, join); an output layer has
/// no residual. The graph should hold loops.
Model gat(const Shape& shape, const GatLayer& layer, Index features, Index classes, Random& random);

}  // namespace mercer
