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
      C.noalias() = A.middleRows(first, count) * B.transpose();
    else
      C.noalias() = A.middleRows(first, count) * B;
  });
}

}  // namespace mercer::cpu
