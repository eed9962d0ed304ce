#include "mercer/models/kernel_gnn.hpp"

#include "models/attention_stack.hpp"

namespace mercer {

Model kernel_gnn(const Shape& shape, const KernelAttentionOptions& layer, Index features, Index classes,
                 Random& random) {
  return attention_stack<KernelAttention>(shape, layer, features, classes, random);
}

}  // namespace mercer
