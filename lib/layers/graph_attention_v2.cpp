#include "mercer/layers/graph_attention_v2.hpp"

#include <cmath>

#include "mercer/attention/edge_energy.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

/// W starts with Glorot's values as in Linear; the authors use torch's default for b, U(−1/√in, 1/√in).
Linear projection(const AttentionLayerOptions& layer, bool bias, Random& random) {
  Linear made({.in = layer.in, .out = layer.heads * layer.width, .bias = false}, random);
  if (bias) made.bias = kaiming_uniform(1, layer.heads * layer.width, layer.in, std::sqrt(Real(5)), random);
  return made;
}

}  // namespace

GraphAttentionV2::GraphAttentionV2(const AttentionLayerOptions& sizes, const GraphAttentionV2Options& given,
                                   Random& random)
    : layer(checked("GraphAttentionV2", sizes)),
      options(given),
      source(projection(layer, options.projection_bias, random)),
      target(options.share_weights ? source : projection(layer, options.projection_bias, random)),
      score(glorot_uniform(1, layer.heads * layer.width, {layer.width, layer.heads}, random)),
      join_heads(layer, random) {
  expect_edge_features("GraphAttentionV2", options.edge_features);
  if (options.edge_features > 0) edge_weight = glorot_uniform(options.edge_features, layer.heads * layer.width, random);
}

Operands GraphAttentionV2::operands(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("GraphAttentionV2", neighbourhood, {.features = options.edge_features > 0});
  expect_input("GraphAttentionV2", neighbourhood, given, layer.in);
  Operands made{.neighbourhood = neighbourhood,
                .x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout)),
                .similarity = {.kernel = DynamicAdditive{.negative_slope = options.negative_slope}}};
  const Variable k = source(made.x);
  const Variable q = options.share_weights ? neighbourhood.targets(k) : target(neighbourhood.targets(made.x));
  made.v = neighbourhood.dropout(neighbourhood.sources(k), pass.dropout(layer.value_dropout));
  made.options = attend_options(layer, pass);
  if (edge_weight) {
    made.similarity.kernel = Constant{};
    made.options.edge_bias = edge_energy(neighbourhood, q, neighbourhood.sources(k), score,
                                         edge_features_of("GraphAttentionV2", neighbourhood, options.edge_features),
                                         edge_weight, {layer.heads, options.negative_slope});
    made.bias_is_similarity = true;
  } else {
    made.q = q;
    made.k = neighbourhood.sources(k);
    made.options.kernel_weight = score;
  }
  compare(made, pass);
  return made;
}

Output GraphAttentionV2::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  const Operands of = operands(neighbourhood, x, pass);
  return {join_heads(attend(of), neighbourhood.targets(of.x))};
}

Parameters GraphAttentionV2::parameters(const std::string& prefix) const {
  Parameters all = source.parameters(prefix + "source.");
  if (!options.share_weights) append(all, target.parameters(prefix + "target."));
  append(all, named(prefix, {{"score", score}, {"edge_weight", edge_weight}}));
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
