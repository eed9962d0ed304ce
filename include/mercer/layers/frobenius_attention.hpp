#pragma once

#include <string>

#include "mercer/layers/join_heads.hpp"

namespace mercer {

/// Attention of every node to all others in linear time, without a feature map. With N nodes, q = x W_q, k = x W_k,
/// v = x W_v, biases included, and Frobenius norms over all nodes and heads, for each head
///   y_i = (v_i + (1/N) q̃_i Σ_j k̃_jᵀ v_j) / (1 + (1/N) q̃_i Σ_j k̃_jᵀ),   q̃ = q / ‖q‖_F,   k̃ = k / ‖k‖_F
/// (Wu et al., SGFormer, NeurIPS 2023, equation 3). As both factors have norm 1, the sum changes v by at most a share
/// of 1/N. One node has y = v. On segments alone, of which there must be one; of `layer`, dropout on α is refused, and
/// residual, join, bias and the other dropouts are as in other attention layers. Throws ValueError, DeviceError on a
/// CUDA device.
struct FrobeniusAttention {
  AttentionLayerOptions layer;
  Linear query, key, value;  // [in, h*d]
  JoinHeads join_heads;

  FrobeniusAttention(const AttentionLayerOptions& layer, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
