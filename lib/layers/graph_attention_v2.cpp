#include "mercer/layers/graph_attention_v2.hpp"

#include <cmath>

#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

/// W starts with Glorot's values as in Linear; the authors use torch's default for b, U(−1/√in, 1/√in).
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

Operands GraphAttentionV2::operands(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("GraphAttentionV2", neighbourhood);
  expect("GraphAttentionV2", {{"columns of x", given.columns(), options.in}});
  Operands made{.neighbourhood = neighbourhood,
                .x = dropout(given, pass.dropout(options.input_dropout)),
                .similarity = {.kernel = DynamicAdditive{.negative_slope = options.negative_slope}}};
  const Variable k = source(made.x);
  made.q = options.share_weights ? neighbourhood.targets(k) : target(neighbourhood.targets(made.x));
  made.k = neighbourhood.sources(k);
  made.v = dropout(made.k, pass.dropout(options.value_dropout));
  made.options = {.heads = options.heads,
                  .kernel_weight = score,
                  .storage = options.storage,
                  .dropout = pass.dropout(options.attention_dropout)};
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
