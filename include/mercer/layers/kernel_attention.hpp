#pragma once

#include <optional>
#include <string>

#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/operands.hpp"
#include "mercer/layers/relative_positions.hpp"

namespace mercer {

/// The default denominator: row_sum for a signed kernel, else softmax.
Normaliser usual_normaliser(const AnyKernel& kernel);

struct KernelAttentionOptions {
  /// Any similarity or kernel, except the additive kernel of one number a head, which has its own layer.
  MakeSimilarity similarity = Fitted{Gaussian{}};
  std::optional<Index> key_width{};        // d of q and k in one head; absent: the width
  Index edge_types = 0;                    // adds a bias b in ±10 for each edge type and head to ln κ; 0: none
  bool edge_weights = false;               // multiplies κ by the neighbourhood's edge weights;
                                           // the symmetric normaliser then uses sums of weights
  std::optional<Real> p{};                 // m(x) = exp(‖x‖ₚ² / divisor) of q and k, p ≥ 1; absent: m = 1
  std::optional<Real> divisor{};           // absent: 2√d
  bool divisor_of_release = false;         // default divisor 2 d^¼, as in the code of IKA's authors
  float magnitude_dropout = 0;             // on (‖q‖ₚ² + ‖k‖ₚ²) / divisor, for each pair and head
  std::optional<Normaliser> normaliser{};  // absent: usual_normaliser
  bool tied = false;                       // W_q = W_k = W_v, as in GAT
  bool queries_are_keys = false;           // W_q = W_k
  bool projection_bias = false;            // of q, k and v
  bool linear = false;                     // attend_linear, on segments: for kernels of features, without dropout on α
  bool power = false;                      // y becomes γ sign(y) |y|^β before heads are joined
  RelativeOptions relative{};              // a bias for each offset i − j of two rows, on segments
  bool output_projection = false;          // W_O; the blocks of a Transformer have their own
  Real guard = Real(1e-6);                 // of the row sums of a signed kernel, as AttendOptions::guard

  /// Without similarity and edge facts, which the model chooses, without the guard, which only signed kernels need,
  /// without relative positions, which only sequences have, and without the output projection.
  void declare(OptionList& list);
  void declare_guard(OptionList& list);
  void declare_output(OptionList& list);
};

/// q = x W_q,   k = x W_k,   v = x W_v,
/// α_ij = κ(q_i, k_j) m(q_i) m(k_j) / Σ_l κ(q_i, k_l) m(q_i) m(k_l), or over another denominator,
/// y_i = join_h(Σ_j α_ij v_j) + b + residual, or join_h((Σ_j α_ij v_j) W_O) + b + residual
/// With `power` each column y_c of a head is γ_c sign(y_c) |y_c|^β_c, γ and β learned from 1: what SchoenbAt does after
/// attention (Guo et al., 2025, post-SBN; their power of negative y is undefined).
/// (Song, Jung, Kim, Moon, Implicit Kernel Attention, AAAI 2021: attention is a kernel times a magnitude). The penalty
/// of a similarity is divided by the pass's number of examples, or by the number of rows when it is unknown. Throws
/// ValueError for the additive kernel, softmax of a signed one, p < 1, a divisor ≤ 0, options of the magnitude without
/// p, a guard without effect, tied projections with a key_width of their own, and options that the similarity refuses.
struct KernelAttention {
  AttentionLayerOptions layer;
  KernelAttentionOptions options;
  std::optional<Linear> query;   // [in, h*key_width]; absent when tied or when the kernel reads no q
  std::optional<Linear> key;     // [in, h*key_width]; absent when tied or when nothing reads k
  Linear value;                  // [in, h*d]
  std::optional<Linear> output;  // W_O [h*d, h*d], from all heads to all heads
  JoinHeads join_heads;          // b and the residual
  Similarity similarity;         // of q and k
  Variable kernel_weight;        // [1, h*key_width]  the vector a of a kernel that learns one, else undefined
  Variable type_bias;            // [types, h]  b, undefined without edge types
  Variable power_factor, power;  // [1, h*d]  γ and β, undefined unless the options say so
  RelativePositions relative;    // the bias of an offset

  KernelAttention(const AttentionLayerOptions& layer, KernelAttentionOptions options, Random& random);
  KernelAttention(const AttentionLayerOptions& layer, Random& random) : KernelAttention(layer, {}, random) {}

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  /// Factors are κ and m. Without p, the exponential of a dot product is factored as a radial basis function times a
  /// magnitude: exp(q·k/√d) = exp(−‖q − k‖² / 2√d) · exp((‖q‖² + ‖k‖²) / 2√d).
  Operands operands(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  Variable log_magnitude(const Variable& x) const;  // ln m [n, h]
  void take_relative_positions(const Neighbourhood& neighbourhood, AttendOptions& taken) const;
  void take_edge_facts(const Neighbourhood& neighbourhood, AttendOptions& taken) const;
  Variable powered(const Variable& y) const;
  Index key_width() const { return options.key_width.value_or(layer.width); }
};

}  // namespace mercer
