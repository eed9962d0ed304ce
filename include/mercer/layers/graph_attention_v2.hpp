#pragma once

#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/operands.hpp"

namespace mercer {

struct GraphAttentionV2Options {
  Real negative_slope = Real(0.2);
  bool share_weights = false;   // W_l = W_r and b_l = b_r
  bool projection_bias = true;  // of x W_l and x W_r
  Index edge_features = 0;      // f, width of the neighbourhood's edge features; 0: none

  void declare(OptionList& list) {
    list.add("negative-slope", negative_slope, range::finite, "slope of the leaky ReLU below zero");
    list.add("share-weights", share_weights, "one projection for both ends of an edge");
    list.add("projection-bias", projection_bias, "biases in the projections");
  }
};

/// q = x W_r + b_r,   k = v = x W_l + b_l,   s_ij = Σ_c a_c leaky_relu(q_ic + k_jc),   α = softmax of s over N(i),
/// y_i = join_h(Σ_j α_ij v_j) + b + residual
/// (Brody, Alon, Yahav, How Attentive are Graph Attention Networks?, ICLR 2022, equation 7). N(i) should hold i. Edge
/// features e_ij add W_e e_ij inside the leaky ReLU, as in PyTorch Geometric's GATv2Conv: the scores are edge_energy,
/// and a part of a graph has none.
struct GraphAttentionV2 {
  AttentionLayerOptions layer;
  GraphAttentionV2Options options;
  Linear source;         // [in, h*d]  W_l, b_l
  Linear target;         // [in, h*d]  W_r, b_r; the same variables when shared
  Variable score;        // [1, h*d]   a
  Variable edge_weight;  // [f, h*d]   W_e, undefined without edge features
  JoinHeads join_heads;  // b and the residual

  GraphAttentionV2(const AttentionLayerOptions& layer, const GraphAttentionV2Options& options, Random& random);
  GraphAttentionV2(const AttentionLayerOptions& layer, Random& random) : GraphAttentionV2(layer, {}, random) {}

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// Factors: all of exp(s) is similarity.
  Operands operands(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
