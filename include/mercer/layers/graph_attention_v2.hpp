#pragma once

#include "mercer/base/brain_float.hpp"
#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/operands.hpp"

namespace mercer {

struct GraphAttentionV2Options {
  Index in = 0;
  Index width = 0;  // of one head
  Index heads = 1;
  Join join = Join::concat;
  Real negative_slope = Real(0.2);
  bool share_weights = false;   // W_l = W_r and b_l = b_r
  bool projection_bias = true;  // of x W_l and x W_r
  bool bias = true;             // b, after the heads are joined
  Residual residual = Residual::none;
  float input_dropout = 0;          // on x
  float attention_dropout = 0;      // on α
  float value_dropout = 0;          // on v
  Storage storage = Storage::real;  // of q, k and v while edges gather them
};

/// q = x W_r + b_r,   k = v = x W_l + b_l,   s_ij = Σ_c a_c leaky_relu(q_ic + k_jc),   α = softmax of s over N(i),
/// y_i = join_h(Σ_j α_ij v_j) + b + residual
/// (Brody, Alon, Yahav, How Attentive are Graph Attention Networks?, ICLR 2022, equation 7). N(i) should hold i.
struct GraphAttentionV2 {
  GraphAttentionV2Options options;
  Linear source;         // [in, h*d]  W_l, b_l
  Linear target;         // [in, h*d]  W_r, b_r; the same variables when shared
  Variable score;        // [1, h*d]   a
  JoinHeads join_heads;  // b and the residual

  GraphAttentionV2(GraphAttentionV2Options options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// Factors: all of exp(s) is similarity.
  Operands operands(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
