#pragma once

#include "mercer/layers/kernel_attention.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/shape.hpp"

namespace mercer {

/// A stack of KernelAttention layers; sizes from the shape, as for gat. A Fitted kernel and an absent divisor
/// follow the width of each layer's heads.
Model kernel_gnn(const Shape& shape, const AttentionLayerOptions& layer, const KernelAttentionOptions& own,
                 Index features, Index classes, Random& random);

}  // namespace mercer
