#pragma once

#include <optional>
#include <utility>

#include "mercer/layers/gaussian_process.hpp"
#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/operands.hpp"

namespace mercer {

/// K must be the same matrix in both directions.
inline constexpr Choice<Normaliser> primal_normaliser_choices[]{{"symmetric", Normaliser::symmetric},
                                                                {"none", Normaliser::none}};

struct PrimalAttentionOptions {
  Index rank = 16;                                // s, projections of each head
  std::optional<Index> key_width{};               // d of q and k in one head; absent: the width of y's
  Real eta = Real(0.05);                          // factor of the penalty
  Normaliser normaliser = Normaliser::symmetric;  // or none
  bool gaussian_process = false;                  // on e + r, in place of W_out of [e | r]
  Real lambda_kl = 1;  // factor of its divergence from the prior, over the number of training examples

  void declare(OptionList& list) {
    list.add("rank", rank, range::count, "projections of each head");
    list.add("key-width", key_width, range::count,
             "width of queries and keys in each head; that of the values by default");
    list.add("eta", eta, range::not_negative, "factor of the penalty");
    list.add("normaliser", normaliser, primal_normaliser_choices, "denominator");
  }
};

/// q = x W_q,   k = x W_k,   a = x W_a,   c = x W_c,   K_ij = cos(q_i, k_j) over the edges,
/// e_i = Σ_{j∈N(i)} K_ij a_j,   r_j = Σ_{i: j∈N(i)} K_ij c_i,   y = join_h([e | r] W_out) + b + residual
/// penalty = η J²,   J = mean(½ |Λe_i|² + ½ |Λr_i|² − ⟨c_i, e_i⟩) over nodes and heads,   Λ = softplus(λ)
///
/// The dual of kernel singular value decomposition with an asymmetric kernel (Chen, Tao, Tonin and Suykens,
/// Primal-Attention, NeurIPS 2023), on the edges of a graph: K h_r = h_e Σ and Kᵀ h_e = h_r Σ. With W_e = Σ_j φ(k_j)
/// a_jᵀ and W_r = Σ_i φ(q_i) c_iᵀ the trace Tr(W_eᵀ W_r) of the primal objective is Σ_i ⟨c_i, e_i⟩ = Σ_j ⟨a_j, r_j⟩. So
/// a = u, c = v for singular vectors K u = σ v, Kᵀ v = σ u with Λ² = 1/σ are a stationary point, where J = 0. On a
/// sequence e_i = W_eᵀ q̂_i and r_j = W_rᵀ k̂_j with W_e and W_r summed once: the primal form, in time and memory
/// linear in the length, unless K has dropout. Dropout on K has one mask for both directions. The heads share W_out;
/// W_a and W_c start orthogonal, Λ from U(0, 1). The graph must be square. With a Gaussian process y = join_h(F W_out),
/// F that of u = e + r with Λ² for its Λ⁻¹, and the penalty gains its divergence (KEP-SVGP; there in the last layer
/// alone, and the divergence is not divided). Throws ValueError for another normaliser, a rank or key width below 1, a
/// negative eta.
struct PrimalAttention {
  AttentionLayerOptions layer;
  PrimalAttentionOptions options;
  Similarity similarity;  // cosine, without parameters
  Linear query, key;      // [in, h*key_width]
  Linear right, left;     // [in, h*s]  W_a and W_c: values of sources and of targets
  Linear from_e, from_r;  // [s, d]     the halves of W_out; with a Gaussian process from_e is W_out
  std::optional<GaussianProcess> process;
  Variable singular_weight;  // [1, h*s]   λ
  JoinHeads join_heads;      // b and the residual

  PrimalAttention(const AttentionLayerOptions& layer, const PrimalAttentionOptions& options, Random& random);
  PrimalAttention(const AttentionLayerOptions& layer, Random& random) : PrimalAttention(layer, {}, random) {}

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// J [1, 1].
  Variable objective(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// The operands of e: α is K of each edge and head over the normaliser.
  Operands operands(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  /// The operands of e and of r.
  std::pair<Operands, Operands> both_ways(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// y before heads are joined, and the penalty.
  Output heads_of(const Variable& e, const Variable& r, const Variable& c, Index rows, Pass& pass) const;
  Variable objective(const Variable& e, const Variable& r, const Variable& c) const;
};

}  // namespace mercer
