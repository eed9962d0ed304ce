#pragma once

#include "mercer/layers/graph_attention_v2.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/shape.hpp"

namespace mercer {

/// A stack of GraphAttentionV2 layers; sizes from the shape, as for gat. The graph should hold loops.
Model gatv2(const Shape& shape, const AttentionLayerOptions& layer, const GraphAttentionV2Options& own, Index features,
            Index classes, Random& random);

}  // namespace mercer
