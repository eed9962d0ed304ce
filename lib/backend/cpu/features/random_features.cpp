#include <algorithm>

#include "backend/column_products.hpp"
#include "backend/cpu/blocks.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/dense_ops.hpp"
#include "backend/noise.hpp"

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

void normal_draws(const Stream& stream, View y) {
  constexpr Index cost = 64;  // of a logarithm and a cosine
  parallel_rows(y.rows, cost * y.columns, [&](Index first, Index last) {
    for (Index n = first * y.columns; n < last * y.columns; ++n)
      y.data[n] = normal_draw(stream, n);
  });
}

void orthogonal_columns(ConstView x, Index heads, View y) {
  const Index d = x.rows / heads, M = x.columns, blocks = d == 0 ? 0 : (M + d - 1) / d;
  parallel_ranges(heads * blocks, 1, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n) {
      const Index top = n / blocks * d, m = n % blocks * d;
      orthogonal_block(x.row(top) + m, d, M, std::min(d, M - m), y.row(top) + m);
    }
  });
}

}  // namespace mercer::cpu
