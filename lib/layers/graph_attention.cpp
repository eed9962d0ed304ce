#include "mercer/layers/graph_attention.hpp"

#include <utility>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

GraphAttention::GraphAttention(GraphAttentionOptions given, Random& random)
    : options(given),
      join_heads({.in = given.in,
                  .heads = given.heads,
                  .width = given.width,
                  .join = given.join,
                  .bias = given.bias,
                  .residual = given.residual},
                 random) {
  const auto [h, d] = std::pair(options.heads, options.width);
  const bool per_head = options.initialise_per_head;
  weight = glorot_uniform(options.in, h * d, {options.in, per_head ? d : h * d}, random);
  listen = glorot_uniform(1, h * d, {d, per_head ? 1 : h}, random);
  speak = glorot_uniform(1, h * d, {d, per_head ? 1 : h}, random);
  if (options.score_bias) {
    listen_bias = zeros(1, h);
    speak_bias = zeros(1, h);
  }
  if (options.edge_features > 0) {
    edge_weight = glorot_uniform(options.edge_features, h * d, random);
    edge_score = glorot_uniform(1, h * d, {d, h}, random);
  }
}

Variable GraphAttention::transform_heads_apart(const Input& x, Pass& pass) const {
  std::vector<Variable> g;
  for (Index h = 0; h < options.heads; ++h)
    g.push_back(
        matmul(dropout(x, pass.dropout(options.input_dropout)), slice(weight, h * options.width, options.width)));
  return concat(g);
}

GraphAttention::Scores GraphAttention::scores(const Neighbourhood& neighbourhood, const Variable& g) const {
  Variable q = head_dot(g, listen, options.heads), k = head_dot(g, speak, options.heads);
  if (listen_bias) q = add_bias(q, listen_bias);
  if (speak_bias) k = add_bias(k, speak_bias);
  return {neighbourhood.targets(q), neighbourhood.sources(k)};
}

Variable GraphAttention::edge_scores(const Neighbourhood& neighbourhood, const Scores& halves) const {
  const Variable& features = neighbourhood.facts().features;
  require(features.defined(), "GraphAttention", "edge features: the neighbourhood has none");
  expect("GraphAttention", {{"columns of edge features", features.columns(), options.edge_features}});
  // a_e·(W_e e) = (a_e W_e)·e: f numbers for each head
  const Variable term = matmul(features, head_dot(edge_weight, edge_score, options.heads));
  const Variable ends = add(of_edge_targets("GraphAttention", neighbourhood, halves.q),
                            of_edge_sources("GraphAttention", neighbourhood, halves.k));
  return leaky_relu(add(ends, term), options.negative_slope);
}

Output GraphAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("GraphAttention", neighbourhood, {.features = options.edge_features > 0});
  expect("GraphAttention", {{"columns of x", given.columns(), options.in}});
  const bool apart = options.dropout_per_head && options.heads > 1 && pass.dropout_active(options.input_dropout);
  const bool reads_x = !apart || options.residual != Residual::none;
  const Input x = reads_x ? dropout(given, pass.dropout(options.input_dropout)) : given;
  const Variable g = apart ? transform_heads_apart(given, pass) : matmul(x, weight);
  const Scores halves = scores(neighbourhood, g);
  const Variable v = neighbourhood.sources(dropout(g, pass.dropout(options.value_dropout)));
  AttendOptions by{
      .heads = options.heads, .storage = options.storage, .dropout = pass.dropout(options.attention_dropout)};
  if (edge_score) by.edge_bias = edge_scores(neighbourhood, halves);
  const Variable y =
      edge_score ? attend(neighbourhood, Constant{}, {}, {}, v, by)
                 : attend(neighbourhood, Additive{.negative_slope = options.negative_slope}, halves.q, halves.k, v, by);
  return {join_heads(y, neighbourhood.targets(x))};
}

Tensor GraphAttention::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  refuse_other_facts("GraphAttention", neighbourhood, {.features = options.edge_features > 0});
  const auto [q, k] = scores(neighbourhood, matmul(x, weight));
  if (edge_score)
    return attention_weights(neighbourhood, Constant{}, {}, {},
                             {.heads = options.heads, .edge_bias = edge_scores(neighbourhood, {q, k})});
  return attention_weights(neighbourhood, Additive{.negative_slope = options.negative_slope}, q, k,
                           {.heads = options.heads, .storage = options.storage});
}

Factors GraphAttention::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  const Index h = options.heads;
  const auto half_square = [h](const Variable& of) { return squared_norm(of, h, 2, 2); };
  const Variable g = matmul(x, weight);
  const auto [q, k] = scores(neighbourhood, g);
  if (edge_score)
    return attention_factors(neighbourhood, Constant{}, {}, {},
                             {.heads = h, .edge_bias = edge_scores(neighbourhood, {q, k})});
  Variable a = add(half_square(listen), half_square(speak));  // [1, h]
  for (const Variable& b : {listen_bias, speak_bias})
    if (b) a = add(a, add(half_square(b), Variable(Tensor::filled(1, h, Real(0.5)).to(b.device()))));
  return attention_factors(neighbourhood, Additive{.negative_slope = options.negative_slope}, q, k,
                           {.heads = h, .storage = options.storage},
                           {neighbourhood.targets(add_bias(half_square(g), a)), neighbourhood.sources(half_square(g))});
}

KernelProbe GraphAttention::probe(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  const auto [q, k] = scores(neighbourhood, matmul(x, weight));
  return {.heads = options.heads,
          .width = 1,
          .q = q.value(),
          .k = k.value(),
          .similarity = [o = options](const Tensor& listening, const Tensor& speaking) {
            return similarity_of_pairs(Additive{.negative_slope = o.negative_slope}, listening, speaking, o.heads);
          }};
}

Parameters GraphAttention::parameters(const std::string& prefix) const {
  Parameters all = named(prefix, {{"weight", weight},
                                  {"listen", listen},
                                  {"speak", speak},
                                  {"listen_bias", listen_bias},
                                  {"speak_bias", speak_bias},
                                  {"edge_weight", edge_weight},
                                  {"edge_score", edge_score}});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
