#include "mercer/layers/graph_attention.hpp"

#include <utility>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
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

Output GraphAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  expect("GraphAttention", {{"columns of x", given.columns(), options.in}});
  const bool apart = options.dropout_per_head && options.heads > 1 && pass.dropout_active(options.input_dropout);
  const bool reads_x = !apart || options.residual != Residual::none;
  const Input x = reads_x ? dropout(given, pass.dropout(options.input_dropout)) : given;
  const Variable g = apart ? transform_heads_apart(given, pass) : matmul(x, weight);
  const auto [q, k] = scores(neighbourhood, g);
  const Variable v = neighbourhood.sources(dropout(g, pass.dropout(options.value_dropout)));
  const Variable y =
      attend(neighbourhood, Additive{.negative_slope = options.negative_slope}, q, k, v,
             {.heads = options.heads, .storage = options.storage, .dropout = pass.dropout(options.attention_dropout)});
  return {join_heads(y, neighbourhood.targets(x))};
}

Tensor GraphAttention::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  const auto [q, k] = scores(neighbourhood, matmul(x, weight));
  return attention_weights(neighbourhood, Additive{.negative_slope = options.negative_slope}, q, k,
                           {.heads = options.heads, .storage = options.storage});
}

Factors GraphAttention::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  const Index h = options.heads;
  const auto half_square = [h](const Variable& of) { return squared_norm(of, h, 2, 2); };
  const Variable g = matmul(x, weight);
  const auto [q, k] = scores(neighbourhood, g);
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
                                  {"speak_bias", speak_bias}});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
