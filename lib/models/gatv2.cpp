#include "mercer/models/gatv2.hpp"

#include "models/attention_stack.hpp"

namespace mercer {

Model gatv2(const Shape& shape, const AttentionLayerOptions& layer, const GraphAttentionV2Options& own, Index features,
            Index classes, Random& random) {
  return attention_stack<GraphAttentionV2>(shape, layer, own, features, classes, random);
}

}  // namespace mercer
