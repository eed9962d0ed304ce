#pragma once

#include <cmath>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/base/brain_float.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer {

/// The denominator of a row. With s_ij = κ(q_i, k_j) · exp(bias) · weight:
enum class Normaliser {
  softmax,    // Σ_j s_ij, computed with the row's largest logarithm taken out; refused for signed kernels
  row_sum,    // Σ_j s_ij; of a signed kernel with a guard against sums near 0
  degree,     // |N(i)|
  symmetric,  // √(|N(i)| · |{i : j ∈ N(i)}|)
  none,       // 1
};

struct AttendOptions {
  Index heads = 1;
  Normaliser normaliser = Normaliser::softmax;
  Variable kernel_weight{};  // [1, h*d]: the vector a of GATv2, wanted by that kernel alone
  Variable key_bias{};       // [m, h]: added to ln κ; the logarithm of the magnitude m(k_j)
  Variable edge_bias{};      // [edges, h] or [edges, 1]: added to ln κ
  Variable edge_weight{};    // [edges, 1], ≥ 0: multiplies κ
  Real guard = Real(1e-6);  // a signed row sum with |Σ| < guard is taken as ±guard, and as a constant on the way back
  Index* guarded = nullptr;         // when given, the number of (row, head) sums that were guarded is added to it
  Storage storage = Storage::real;  // of q, k and v; bf16 halves what edges read on a device, on the CPU nothing
  Dropout dropout{};                // on α; decided by (i, j, head), recomputed in the backward pass
};

/// y_i = Σ_j α_ij v_j,   α_ij = κ(q_i, k_j) m(k_j) w_ij / normaliser_i,   separately for each head.
///
/// n rows listen, m columns speak. q [n, h*d], k [m, h*d], v [m, h*e], y [n, h*e]; for the additive kernel
/// d = 1; the constant kernel takes undefined q and k. A row without neighbours gives zeros.
/// On a part of a graph (see Graph) all are of its own nodes and edges; every part has to call it.
/// One fused pass forward, rows and columns passes backward: nothing of size edges × h × e is stored.
/// Throws ShapeError; ValueError for an option that the kernel does not have.
Variable attend(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q, const Variable& k,
                const Variable& v, const AttendOptions& options = {});

/// The α of attend without dropout, [edges, h], in the order of graph.adjacency(). Throws as attend does, and
/// ValueError on a part of a graph.
Tensor attention_weights(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& options = {});

/// The same as a function of q, k and the options' variables, with its gradient: for a loss that looks at α. The way
/// back gathers k for every edge, [edges, h*d]. Throws as attention_weights does.
Variable attention_alpha(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& options = {});

/// What α is made of, each [edges, h] in the order of graph.adjacency(); differences of ln α within a row are those of
/// ln κ + ln m. For a signed kernel α = κ m / normaliser_i.
struct Factors {
  Tensor alpha{};          // without dropout
  Tensor similarity{};     // ln κ(q_i, k_j); κ itself when is_signed
  Tensor log_magnitude{};  // ln m: key_bias, edge_bias, ln edge_weight, and j's part of the symmetric normaliser
  bool is_signed = false;

  Real log_similarity(Edge e, Index h) const {  // ln |κ|
    return is_signed ? std::log(std::abs(similarity(e, h))) : similarity(e, h);
  }
};

/// ‖a_i‖² / 2 [n, h] and ‖b_j‖² / 2 [m, h] of the vectors whose dot product a kernel with ln κ = c ⟨a, b⟩ is made of.
struct HalfSquares {
  Variable target{}, source{};
};

/// Takes α apart. With half squares, the dot product itself is taken apart, as Implicit Kernel Attention reads it
/// (spec, sections 1.1 and 1.2): exp(c ⟨a, b⟩) = exp(−c ‖a − b‖² / 2) · exp(c (‖a‖² + ‖b‖²) / 2), the radial basis
/// function being the similarity and the rest magnitude; for Exponential c is the scale and for Additive 1 or the
/// negative slope, edge by edge. Throws as attend does; ValueError for half squares with another kernel.
Factors attention_factors(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                          const Variable& k, const AttendOptions& options = {}, const HalfSquares& halves = {});

}  // namespace mercer
