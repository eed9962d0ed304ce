#include <algorithm>

#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"
#include "tensor/eigen.hpp"

namespace mercer::cpu {
namespace {

/// aᵀ b with many rows and a small result, such as the gradient of weights: cut along the rows.
void gemm_over_rows(ConstView a, ConstView b, View c) {
  constexpr Index block_rows = 512;
  sum_blocks(a.rows, block_rows, c, [&](Index first, Index last, Real* partial) {
    const auto A = as_eigen(a).middleRows(first, last - first), B = as_eigen(b).middleRows(first, last - first);
    as_eigen(View{partial, c.rows, c.columns}).noalias() += A.transpose() * B;
  });
}

/// Rows of c = A b, b plain or transposed. Eigen computes groups of four rows, remaining rows and small products by
/// different orders of sums. The remaining rows are padded by zeros, so that all rows are computed alike: the bits of a
/// row don't depend on its place, and are the same on a part and on the whole graph.
template <class Rows, class B, class C>
void multiply_rows(const Rows& A, const B& b, C c) {
  constexpr Index group = 4, enough = 20;  // Eigen treats rows + columns + inner < 20 as a small product
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
  if ((transpose_a ? a.rows : a.columns) == 0) {  // a part of a graph may have no rows
    std::fill_n(c.data, c.size(), Real(0));
    return;
  }
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
