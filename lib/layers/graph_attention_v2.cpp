#include "mercer/layers/graph_attention_v2.hpp"

#include <cmath>

#include "mercer/base/check.hpp"
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
      join_heads(layer, random) {}

Operands GraphAttentionV2::operands(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("GraphAttentionV2", neighbourhood);
  expect_input("GraphAttentionV2", neighbourhood, given, layer.in);
  Operands made{.neighbourhood = neighbourhood,
                .x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout)),
                .similarity = {.kernel = DynamicAdditive{.negative_slope = options.negative_slope}}};
  const Variable k = source(made.x);
  made.q = options.share_weights ? neighbourhood.targets(k) : target(neighbourhood.targets(made.x));
  made.k = neighbourhood.sources(k);
  made.v = neighbourhood.dropout(made.k, pass.dropout(layer.value_dropout));
  made.options = attend_options(layer, pass);
  made.options.kernel_weight = score;
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
  append(all, named(prefix, {{"score", score}}));
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
