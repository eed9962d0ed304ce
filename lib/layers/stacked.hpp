#pragma once

#include "mercer/autograd/variable.hpp"

/// Many small matrices of one size, one below the other: b matrices [r, c] are a variable [b*r, c]. On the CPU.
namespace mercer {

/// x [s*r, h*c] of s segments with r rows each, heads side by side, as s*h matrices [r, c]; and back.
Variable stacked_heads(const Variable& x, Index rows, Index heads);
Variable heads_side_by_side(const Variable& x, Index rows, Index heads);

/// a_b b_b of matrices [r, m] and [m, c].
Variable stacked_product(const Variable& a, const Variable& b, Index count);
Variable stacked_transpose(const Variable& x, Index count);
/// The identity I [m, m], `count` times.
Variable stacked_identity(Index size, Index count);

/// An approximate inverse of square matrices:   Z ← ¼ Z (13 I − A Z (15 I − A Z (7 I − A Z))), `steps` times
/// (Razavi, Kerayechian, Gachpazan, Shateyi, A New Iterative Method for Finding Approximate Inverses of Complex
/// Matrices, 2014), from Z = Aᵀ / (largest sum of a column of A), as the authors of Nyströmformer start.
Variable iterated_inverse(const Variable& a, Index count, Index steps);
/// The inverse of symmetric matrices without negative eigenvalues, plus shift I, by Cholesky in double precision.
/// Throws ValueError where there is none.
Variable cholesky_inverse(const Variable& a, Index count, Real shift);

}  // namespace mercer
