#include "mercer/layers/graph_attention.hpp"

#include <utility>

#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

GraphAttention::GraphAttention(const AttentionLayerOptions& sizes, const GraphAttentionOptions& given, Random& random)
    : layer(checked("GraphAttention", sizes)), options(given), join_heads(sizes, random) {
  const auto [h, d] = std::pair(layer.heads, layer.width);
  const bool per_head = options.initialise_per_head;
  weight = glorot_uniform(layer.in, h * d, {layer.in, per_head ? d : h * d}, random);
  attention_target = glorot_uniform(1, h * d, {d, per_head ? 1 : h}, random);
  attention_source = glorot_uniform(1, h * d, {d, per_head ? 1 : h}, random);
  if (options.score_bias) {
    target_bias = zeros(1, h);
    source_bias = zeros(1, h);
  }
  expect_edge_features("GraphAttention", options.edge_features);
  if (options.edge_features > 0) {
    edge_weight = glorot_uniform(options.edge_features, h * d, random);
    edge_score = glorot_uniform(1, h * d, {d, h}, random);
  }
}

Variable GraphAttention::transform_heads_apart(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  std::vector<Variable> g;
  for (Index h = 0; h < layer.heads; ++h)
    g.push_back(matmul(neighbourhood.dropout(x, pass.dropout(layer.input_dropout)),
                       slice(weight, h * layer.width, layer.width)));
  return concat(g);
}

HalfSquares GraphAttention::half_squares(const Neighbourhood& neighbourhood, const Variable& g) const {
  const Index h = layer.heads;
  const auto half_square = [h](const Variable& of) { return squared_norm(of, h, 2, 2); };
  Variable a = add(half_square(attention_target), half_square(attention_source));  // [1, h]
  for (const Variable& b : {target_bias, source_bias})
    if (b) a = add(a, add(half_square(b), Variable(Tensor::filled(1, h, Real(0.5)).to(b.device()))));
  return {neighbourhood.targets(add_bias(half_square(g), a)), neighbourhood.sources(half_square(g))};
}

Variable GraphAttention::edge_term(const Neighbourhood& neighbourhood) const {
  const Variable& features = edge_features_of("GraphAttention", neighbourhood, options.edge_features);
  // a_e·(W_e e) = (a_e W_e)·e: f numbers for each head
  return matmul(features, head_dot(edge_weight, edge_score, layer.heads));
}

Variable GraphAttention::edge_scores(const Neighbourhood& neighbourhood, const Variable& q, const Variable& k,
                                     const Variable& term) const {
  const Variable ends =
      add(of_edge_targets("GraphAttention", neighbourhood, q), of_edge_sources("GraphAttention", neighbourhood, k));
  return leaky_relu(add(ends, term), options.negative_slope);
}

Operands GraphAttention::operands(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("GraphAttention", neighbourhood, {.features = options.edge_features > 0});
  expect_input("GraphAttention", neighbourhood, given, layer.in);
  const bool apart = options.dropout_per_head && layer.heads > 1 && pass.dropout_active(layer.input_dropout);
  const bool reads_x = !apart || layer.residual != Residual::none;
  Operands made{.neighbourhood = neighbourhood,
                .x = reads_x ? neighbourhood.dropout(given, pass.dropout(layer.input_dropout)) : given,
                .similarity = {.kernel = Additive{.negative_slope = options.negative_slope}}};
  const Variable g = apart ? transform_heads_apart(neighbourhood, given, pass) : matmul(made.x, weight);
  Variable q = head_dot(g, attention_target, layer.heads), k = head_dot(g, attention_source, layer.heads);
  if (target_bias) q = add_bias(q, target_bias);
  if (source_bias) k = add_bias(k, source_bias);
  made.v = neighbourhood.sources(neighbourhood.dropout(g, pass.dropout(layer.value_dropout)));
  made.options = attend_options(layer, pass);
  if (edge_score) {
    made.similarity.kernel = Constant{};
    made.edge_term = edge_term(neighbourhood);
    made.options.edge_bias =
        edge_scores(neighbourhood, neighbourhood.targets(q), neighbourhood.sources(k), made.edge_term);
  } else {
    made.q = neighbourhood.targets(q);
    made.k = neighbourhood.sources(k);
    made.halves = [self = *this, neighbourhood, g] { return self.half_squares(neighbourhood, g); };
  }
  compare(made, pass);
  return made;
}

Output GraphAttention::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  const Operands of = operands(neighbourhood, x, pass);
  return {join_heads(attend(of), neighbourhood.targets(of.x))};
}

Parameters GraphAttention::parameters(const std::string& prefix) const {
  Parameters all = named(prefix, {{"weight", weight},
                                  {"attention_target", attention_target},
                                  {"attention_source", attention_source},
                                  {"target_bias", target_bias},
                                  {"source_bias", source_bias},
                                  {"edge_weight", edge_weight},
                                  {"edge_score", edge_score}});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
