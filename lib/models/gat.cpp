#include "mercer/models/gat.hpp"

#include "models/attention_stack.hpp"

namespace mercer {

GraphAttentionOptions gat_of_the_authors() {
  return {.score_bias = true,
          .initialise_per_head = true,
          .input_dropout = 0.6f,
          .dropout_per_head = true,
          .attention_dropout = 0.6f,
          .value_dropout = 0.6f};
}

GraphAttentionOptions gat_of_pyg() { return {.input_dropout = 0.6f, .attention_dropout = 0.6f}; }

Model gat(const Shape& shape, const GraphAttentionOptions& layer, Index features, Index classes, Random& random) {
  return attention_stack<GraphAttention>(shape, layer, features, classes, random);
}

}  // namespace mercer
