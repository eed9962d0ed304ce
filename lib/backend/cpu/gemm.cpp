#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"
#include "tensor/eigen.hpp"

namespace mercer::cpu {
namespace {

/// A tall aᵀ b with a small result, as weights' gradients are: cut along the inner dimension.
void gemm_over_rows(ConstView a, ConstView b, View c) {
  constexpr Index block_rows = 512;
  sum_blocks(a.rows, block_rows, c, [&](Index first, Index last, Real* partial) {
    const auto A = as_eigen(a).middleRows(first, last - first), B = as_eigen(b).middleRows(first, last - first);
    as_eigen(View{partial, c.rows, c.columns}).noalias() += A.transpose() * B;
  });
}

/// Rows of c = A b, b as it is or transposed. Eigen takes rows by fours, those that are left in another order of sums,
/// and few rows in yet another. With zeros below them all rows go the first way: one has the same bits wherever it
/// stands, on a part as in the whole.
template <class Rows, class B, class C>
void multiply_rows(const Rows& A, const B& b, C c) {
  constexpr Index group = 4, enough = 20;  // rows + columns + inner below 20 are few to Eigen
  const Index count = A.rows(), whole = count < enough ? 0 : count - count % group, rest = count - whole;
  if (whole > 0) c.topRows(whole).noalias() = A.topRows(whole) * b;
  if (rest == 0) return;
  Matrix padded = Matrix::Zero(enough, A.cols()), product(enough, c.cols());
  padded.topRows(rest) = A.bottomRows(rest);
  product.noalias() = padded * b;
  c.bottomRows(rest) = product.topRows(rest);
}

}  // namespace

void gemm(ConstView a, bool transpose_a, ConstView b, bool transpose_b, View c) {
  constexpr Index block_rows = 256, small = Index{1} << 16;
  if (transpose_a && !transpose_b && a.rows >= 1024 && c.size() <= small) return gemm_over_rows(a, b, c);

  const auto A = as_eigen(a), B = as_eigen(b);
  parallel_ranges(c.rows, block_rows, [&](Index first, Index last) {
    const Index count = last - first;
    auto C = as_eigen(c).middleRows(first, count);
    if (transpose_a && transpose_b)
      C.noalias() = A.middleCols(first, count).transpose() * B.transpose();
    else if (transpose_a)
      C.noalias() = A.middleCols(first, count).transpose() * B;
    else if (transpose_b)
      multiply_rows(A.middleRows(first, count), B.transpose(), C);
    else
      multiply_rows(A.middleRows(first, count), B, C);
  });
}

}  // namespace mercer::cpu
