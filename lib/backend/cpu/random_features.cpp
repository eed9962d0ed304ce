#include <algorithm>

#include "backend/column_products.hpp"
#include "backend/cpu/blocks.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {

void exp_below_peak(ConstView u, View phi, View peak) {
  const Index heads = peak.columns, M = u.columns / heads;
  parallel_rows(u.rows, 8 * u.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real* from = u.row(i) + h * M;
        Real *to = phi.row(i) + h * M, top = from[0];
        for (Index m = 1; m < M; ++m)
          top = from[m] > top ? from[m] : top;
#pragma omp simd
        for (Index m = 0; m < M; ++m)
          to[m] = exp_of(from[m] - top);
        peak(i, h) = top;
      }
  });
}

void column_products(ConstView u, const Index* offset, const Real* factor, View phi) {
  parallel_rows(u.rows, u.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index g = 0; g < phi.columns; ++g)
        phi(i, g) = product_of_group(u.row(i), offset[g], offset[g + 1], factor[g]);
  });
}

void column_products_backward(ConstView u, const Index* offset, const Real* factor, ConstView dphi, View du) {
  parallel_rows(u.rows, u.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index g = 0; g < dphi.columns; ++g)
        product_of_group_backward(u.row(i), offset[g], offset[g + 1], factor[g] * dphi(i, g), du.row(i));
  });
}

}  // namespace mercer::cpu
