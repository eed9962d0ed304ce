#include "mercer/models/gat.hpp"

#include "models/attention_stack.hpp"

namespace mercer {

GatLayer gat_of_the_authors() {
  return {.layer = {.input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f},
          .own = {.score_bias = true, .initialise_per_head = true, .dropout_per_head = true}};
}

GatLayer gat_of_pyg() { return {.layer = {.input_dropout = 0.6f, .attention_dropout = 0.6f}}; }

Model gat(const Shape& shape, const GatLayer& layer, Index features, Index classes, Random& random) {
  return attention_stack<GraphAttention>(shape, layer.layer, layer.own, features, classes, random);
}

}  // namespace mercer
