#include "mercer/models/kernel_gnn.hpp"

#include "models/attention_stack.hpp"

namespace mercer {

Model kernel_gnn(const Shape& shape, const AttentionLayerOptions& layer, const KernelAttentionOptions& own,
                 Index features, Index classes, Random& random) {
  return attention_stack<KernelAttention>(shape, layer, own, features, classes, random);
}

}  // namespace mercer
