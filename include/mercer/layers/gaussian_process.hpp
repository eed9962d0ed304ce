#pragma once

#include <string>

#include "mercer/autograd/pass.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

/// A sparse variational Gaussian process of each head on projections u with a diagonal kernel, whose inverse is cheap:
///   v_i = u_i Λ⁻¹,   F_it = v_i m_t + v_i L_t ε_i,   ε_i ~ N(0, I),   t = 1 … s
/// for the posterior N(m_t, L_t L_tᵀ) of the inducing values of output t, whose prior is N(0, Λ²). L_t is lower
/// triangular with a positive diagonal. Training draws ε anew in each pass and for each row, so that covariances
/// between rows are left out, as released; evaluation takes the mean. (Chen, Tao, Tonin, Suykens, Self-Attention
/// through Kernel-Eigen Pair Sparse Variational Gaussian Processes, ICML 2024.) First values are this library's own: m
/// ~ U(±1/√s), L = 0.1 I. On the CPU.
struct GaussianProcess {
  Index heads, rank;   // h, s
  Variable mean;       // [h*s, s]     m: row (h, a), column t
  Variable log_scale;  // [h*s, s]     logarithms of the diagonals of L
  Variable lower;      // [h*s, s*s]   row (h, a), column (t, b): below the diagonal, b < a; the rest isn't read

  GaussianProcess(Index heads, Index rank, Random& random);

  Variable factors() const;  // L [h*s, s*s]: row (h, a), column (t, b), which the next two take
  /// F [n, h*s] of u [n, h*s]; inverse_scale [1, h*s] is the diagonal of Λ⁻¹.
  Variable operator()(const Variable& u, const Variable& inverse_scale, const Variable& factors, Pass& pass) const;
  /// Σ over heads and outputs of KL(posterior | prior) = ½ |Λ⁻¹L_t|² + ½ |Λ⁻¹m_t|² − Σ_a ln L_t,aa + Σ_a ln Λ_a − s/2.
  Variable divergence(const Variable& inverse_scale, const Variable& factors) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
