#include "mercer/layers/graph_attention_v2.hpp"

#include <cmath>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

/// Glorot for W as in Linear; the authors leave b at torch's default, U(−1/√in, 1/√in).
Linear projection(const GraphAttentionV2Options& options, Random& random) {
  Linear made({.in = options.in, .out = options.heads * options.width, .bias = false}, random);
  if (options.projection_bias)
    made.bias = kaiming_uniform(1, options.heads * options.width, options.in, std::sqrt(Real(5)), random);
  return made;
}

}  // namespace

GraphAttentionV2::GraphAttentionV2(GraphAttentionV2Options given, Random& random)
    : options(given),
      source(projection(given, random)),
      target(given.share_weights ? source : projection(given, random)),
      score(glorot_uniform(1, given.heads * given.width, {given.width, given.heads}, random)),
      join_heads({.in = given.in,
                  .heads = given.heads,
                  .width = given.width,
                  .join = given.join,
                  .bias = given.bias,
                  .residual = given.residual},
                 random) {}

Output GraphAttentionV2::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("GraphAttentionV2", neighbourhood);
  expect("GraphAttentionV2", {{"columns of x", given.columns(), options.in}});
  const Input x = dropout(given, pass.dropout(options.input_dropout));
  const Variable spoken = source(x);
  const Variable q = options.share_weights ? neighbourhood.targets(spoken) : target(neighbourhood.targets(x));
  const Variable k = neighbourhood.sources(spoken);
  const Variable v = dropout(k, pass.dropout(options.value_dropout));
  const Variable y = attend(neighbourhood, DynamicAdditive{.negative_slope = options.negative_slope}, q, k, v,
                            {.heads = options.heads,
                             .kernel_weight = score,
                             .storage = options.storage,
                             .dropout = pass.dropout(options.attention_dropout)});
  return {join_heads(y, neighbourhood.targets(x))};
}

Tensor GraphAttentionV2::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  return attention_weights(neighbourhood, DynamicAdditive{.negative_slope = options.negative_slope},
                           target(neighbourhood.targets(x)), neighbourhood.sources(source(x)),
                           {.heads = options.heads, .kernel_weight = score, .storage = options.storage});
}

Factors GraphAttentionV2::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  return attention_factors(neighbourhood, DynamicAdditive{.negative_slope = options.negative_slope},
                           target(neighbourhood.targets(x)), neighbourhood.sources(source(x)),
                           {.heads = options.heads, .kernel_weight = score, .storage = options.storage});
}

KernelProbe GraphAttentionV2::probe(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  return {.heads = options.heads,
          .width = options.width,
          .q = target(neighbourhood.targets(x)).value(),
          .k = neighbourhood.sources(source(x)).value(),
          .similarity = [o = options, a = score](const Tensor& q, const Tensor& k) {
            return similarity_of_pairs(DynamicAdditive{.negative_slope = o.negative_slope}, q, k, o.heads, a);
          }};
}

Parameters GraphAttentionV2::parameters(const std::string& prefix) const {
  Parameters all = source.parameters(prefix + "source.");
  if (!options.share_weights) append(all, target.parameters(prefix + "target."));
  append(all, named(prefix, {{"score", score}}));
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
