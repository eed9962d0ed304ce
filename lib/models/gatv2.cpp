#include "mercer/models/gatv2.hpp"

#include "models/attention_stack.hpp"

namespace mercer {

Model gatv2(const Shape& shape, const GraphAttentionV2Options& layer, Index features, Index classes, Random& random) {
  return attention_stack<GraphAttentionV2>(shape, layer, features, classes, random);
}

}  // namespace mercer
