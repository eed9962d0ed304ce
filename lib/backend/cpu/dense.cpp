#include "backend/dense_ops.hpp"

#include "mercer/base/parallel.hpp"
#include "tensor/eigen.hpp"

namespace mercer::cpu {

void gemm(ConstView a, bool transpose_a, ConstView b, bool transpose_b, View c) {
  constexpr Index block_rows = 256;  // of c; fixed, so that no sum depends on the number of threads
  const auto A = as_eigen(a), B = as_eigen(b);
  auto C = as_eigen(c);
  parallel_ranges(c.rows, block_rows, [&](Index first, Index last) {
    auto rows = C.middleRows(first, last - first);
    if (transpose_a && transpose_b)
      rows.noalias() = A.middleCols(first, last - first).transpose() * B.transpose();
    else if (transpose_a)
      rows.noalias() = A.middleCols(first, last - first).transpose() * B;
    else if (transpose_b)
      rows.noalias() = A.middleRows(first, last - first) * B.transpose();
    else
      rows.noalias() = A.middleRows(first, last - first) * B;
  });
}

void add_to(ConstView x, View y) {
  parallel_ranges(y.size(), 1 << 14, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n)
      y.data[n] += x.data[n];
  });
}

}  // namespace mercer::cpu
