#pragma once

#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/kernel/catalogue.hpp"

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
  Index* guarded = nullptr;  // when given, the number of (row, head) sums that were guarded is added to it
  Dropout dropout{};         // on α; decided by (i, j, head), recomputed in the backward pass
};

/// y_i = Σ_j α_ij v_j,   α_ij = κ(q_i, k_j) m(k_j) w_ij / normaliser_i,   separately for each head.
///
/// n rows listen, m columns speak. q [n, h*d], k [m, h*d], v [m, h*e], y [n, h*e]; for the additive kernel
/// d = 1; the constant kernel takes undefined q and k. A row without neighbours gives zeros.
/// One fused pass forward, rows and columns passes backward: nothing of size edges × h × e is stored.
/// Throws ShapeError; ValueError for an option that the kernel does not have.
Variable attend(const Graph& graph, const AnyKernel& kernel, const Variable& q, const Variable& k, const Variable& v,
                const AttendOptions& options = {});

/// The α of attend without dropout, [edges, h], in the order of graph.listens().
Tensor attention_weights(const Graph& graph, const AnyKernel& kernel, const Variable& q, const Variable& k,
                         const AttendOptions& options = {});

}  // namespace mercer
