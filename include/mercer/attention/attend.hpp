#pragma once

#include <cmath>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/base/brain_float.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer {

/// The denominator of a row. With s_ij = κ(q_i, k_j) · exp(biases) · weight:
enum class Normaliser {
  softmax,    // Σ_j s_ij, computed relative to the row's largest ln s; refused for signed kernels
  row_sum,    // Σ_j s_ij; for signed kernels with a guard against sums near 0
  degree,     // |N(i)|
  symmetric,  // √(|N(i)| · |{i : j ∈ N(i)}|)
  none,       // 1
};

struct AttendOptions {
  Index heads = 1;
  Normaliser normaliser = Normaliser::softmax;
  Variable kernel_weight{};  // [1, h*d]: the vector a of GATv2; only for kernels with a learned vector
  Variable query_bias{};     // [n, h]: added to ln κ; the logarithm of the magnitude m(q_i)
  Variable key_bias{};       // [m, h]: added to ln κ; the logarithm of the magnitude m(k_j)
  Variable relative_bias{};  // [2 L + 1, h]: row L + i − j is added to ln κ, i − j clipped to ±L; for segments whose
                             // targets are their sources, on the CPU
  Variable edge_bias{};      // [edges, h] or [edges, 1]: added to ln κ
  Variable edge_weight{};    // [edges, 1], ≥ 0: multiplies κ; for its gradient see attend. Layers set it from the
                             // neighbourhood's weights; a neighbourhood with weights is refused without it
  Real guard = Real(1e-6);   // a signed row sum with |Σ| < guard is replaced by ±guard, a constant for gradients;
                             // without effect on positive kernels, and on other denominators than row_sum
  Index* guarded = nullptr;  // if given, the number of guarded (row, head) sums is added to it
  Storage storage = Storage::real;  // of q, k and v; bf16 halves the bytes that edges read; on the CPU
                                    // the 16-bit copies stay beside q, k and v until backward
  Dropout dropout{};                // on α; drawn by (i, j, head), again in the backward pass
  Dropout magnitude_dropout{};      // on query_bias_i + key_bias_j, drawn in the same way; wants one of them
  Index first_head = 0;  // the number of the first head in these draws, where the call has some of a layer's heads: a
                         // multiple of 8, or heads that end before the next one; 0 on CUDA
};

/// y_i = Σ_j α_ij v_j,   α_ij = κ(q_i, k_j) m(q_i) m(k_j) w_ij / normaliser_i,   separately for each head.
///
/// Without dropout of the magnitude, m(q_i) cancels under softmax and row_sum: it is left out there, and its gradient
/// is 0.
/// n targets, m sources. q [n, h*d], k [m, h*d], v [m, h*e], y [n, h*e]; the additive kernel has d = 1; the constant
/// kernel takes undefined q and k. A row without neighbours gives zeros.
/// The gradient of a weight is ∂L/∂w_ij = κ(q_i, k_j) m(k_j) ⟨dy_i, v_j − c_i⟩ / normaliser_i, also at w_ij = 0, with
/// c_i = y_i where the normaliser is the row's sum and 0 elsewhere. It is 0 in a row whose sum is 0, and where κ m
/// exceeds the row's sum by more than a Real can hold.
/// On a part of a graph (Partitioned) all operands are of its own nodes and edges, and every part must call it.
/// One fused forward pass, backward passes over rows and columns; nothing of size edges × h × e is stored.
/// Throws ShapeError; ValueError for an option that the kernel does not use.
Variable attend(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q, const Variable& k,
                const Variable& v, const AttendOptions& options = {});

/// The α of attend without its dropouts, [edges, h], in slot order. Throws as attend does, and ValueError on a part of
/// a graph.
Tensor attention_weights(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& options = {});

/// α as a function of q, k and the options' variables, with its gradient: for a loss on α. The backward pass gathers k
/// for every edge, [edges, h*d]. Throws as attention_weights does.
Variable attention_alpha(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& options = {});

/// The factors of α, each [edges, h] in slot order. Within a row, ln α and ln κ + ln m differ by a constant. For a
/// signed kernel α = κ m / normaliser_i.
struct Factors {
  Tensor alpha{};          // without dropout
  Tensor similarity{};     // ln κ(q_i, k_j); κ itself when is_signed
  Tensor log_magnitude{};  // ln m: biases (the query's where it doesn't cancel), ln edge_weight, and the symmetric
                           // normaliser's factor of j
  bool is_signed = false;

  Real log_similarity(Edge e, Index h) const {  // ln |κ|
    return is_signed ? std::log(std::abs(similarity(e, h))) : similarity(e, h);
  }
};

/// ‖a_i‖² / 2 [n, h] and ‖b_j‖² / 2 [m, h] of the vectors of a kernel with ln κ = c ⟨a_i, b_j⟩.
struct HalfSquares {
  Variable target{}, source{};
};

/// Splits α into its factors. With half squares, the dot product itself is split as in Implicit Kernel Attention (Song
/// et al., AAAI 2021): exp(c ⟨a, b⟩) = exp(−c ‖a − b‖² / 2) · exp(c (‖a‖² + ‖b‖²) / 2). The radial basis function is
/// the similarity, the rest is the magnitude. For Exponential c is the scale; for Additive it is 1 or the negative
/// slope, by edge. Throws as attend does; ValueError for half squares with another kernel.
Factors attention_factors(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                          const Variable& k, const AttendOptions& options = {}, const HalfSquares& halves = {});

}  // namespace mercer
