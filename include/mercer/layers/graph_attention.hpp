#pragma once

#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/operands.hpp"

namespace mercer {

/// The GAT authors' layer and PyTorch Geometric's GATConv differ in these options and in the dropout on values. The
/// defaults are GATConv's; the authors' layer sets score_bias, initialise_per_head and dropout_per_head.
struct GraphAttentionOptions {
  Real negative_slope = Real(0.2);
  bool score_bias = false;           // b_l and b_r of each head
  bool initialise_per_head = false;  // Glorot's fan out is d instead of h*d, and 1 instead of h scores
  Index edge_features = 0;           // f, width of the neighbourhood's edge features; 0: none
  bool dropout_per_head = false;     // one mask of x for each head instead of one for all

  void declare(OptionList& list) {
    list.add("negative-slope", negative_slope, range::finite, "slope of the leaky ReLU below zero");
    list.add("score-bias", score_bias, "a scalar bias for both halves of each head's score");
    list.add("initialise-per-head", initialise_per_head, "Glorot's bounds from the width of one head");
    list.add("dropout-per-head", dropout_per_head, "a dropout mask of the input for each head");
  }
};

/// g = x W,   s_ij = leaky_relu(a_l·g_i + b_l + a_r·g_j + b_r),   α = softmax of s over N(i),
/// y_i = join_h(Σ_j α_ij g_j) + b + residual
/// (Veličković et al., Graph Attention Networks, ICLR 2018, equations 1 to 6). N(i) should hold i: see with_loops. Edge
/// features e_ij add a_e·(W_e e_ij) inside the leaky ReLU, as in GATConv, at f h numbers an edge; a part of a graph has
/// none.
struct GraphAttention {
  AttentionLayerOptions layer;
  GraphAttentionOptions options;
  Variable weight;            // [in, h*d]
  Variable attention_target;  // [1, h*d]  a_l
  Variable attention_source;  // [1, h*d]  a_r
  Variable target_bias;       // [1, h]    b_l, undefined without score_bias
  Variable source_bias;       // [1, h]    b_r
  Variable edge_weight;       // [f, h*d]  W_e, undefined without edge features
  Variable edge_score;        // [1, h*d]  a_e
  JoinHeads join_heads;       // b and the residual

  GraphAttention(const AttentionLayerOptions& layer, const GraphAttentionOptions& options, Random& random);
  GraphAttention(const AttentionLayerOptions& layer, Random& random) : GraphAttention(layer, {}, random) {}

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// q and k are the half scores a_l·g_i + b_l and a_r·g_j + b_r. Factors write exp(s) as a radial basis function times
  /// a magnitude, with c = 1 where s ≥ 0 and c = negative_slope elsewhere:
  ///   κ = exp(−c ‖a − [g_i ‖ g_j]‖² / 2),   m = exp(c (‖a‖² + ‖g_i‖² + ‖g_j‖²) / 2),   a = [a_l ‖ a_r];
  /// score biases are weights of two more inputs that are always 1. With edge features all of exp(s) is magnitude.
  Operands operands(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  /// g, with one mask of x for each head.
  Variable transform_heads_apart(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  HalfSquares half_squares(const Neighbourhood& neighbourhood, const Variable& g) const;
  /// a_e·(W_e e_ij), [edges, h].
  Variable edge_term(const Neighbourhood& neighbourhood) const;
  /// The scores s_ij with that term, [edges, h], from the half scores q of targets and k of sources.
  Variable edge_scores(const Neighbourhood& neighbourhood, const Variable& q, const Variable& k,
                       const Variable& term) const;
};

}  // namespace mercer
