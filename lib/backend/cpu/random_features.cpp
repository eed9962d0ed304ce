#include <algorithm>

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
      for (Index g = 0; g < phi.columns; ++g) {
        Real product = factor[g];
        for (Index t = offset[g]; t < offset[g + 1]; ++t)
          product *= u(i, t);
        phi(i, g) = product;
      }
  });
}

void column_products_backward(ConstView u, const Index* offset, const Real* factor, ConstView dphi, View du) {
  parallel_rows(u.rows, u.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index g = 0; g < dphi.columns; ++g) {
        // ∂/∂u_t is the product of all others: of those before it, left in du, and of those behind it
        Real before = factor[g] * dphi(i, g), behind = 1;
        for (Index t = offset[g]; t < offset[g + 1]; ++t) {
          du(i, t) = before;
          before *= u(i, t);
        }
        for (Index t = offset[g + 1] - 1; t >= offset[g]; --t) {
          du(i, t) *= behind;
          behind *= u(i, t);
        }
      }
  });
}

}  // namespace mercer::cpu
