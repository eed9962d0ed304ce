#include <algorithm>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/head_product.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {

void head_matmul(ConstView x, ConstView w, Index heads, View u) {
  const HeadSizes n = head_sizes(x, w, heads);
  parallel_ranges(x.rows, rows_of_block, [&](Index first, Index last) {
    for (Index h = 0; h < heads; ++h)
      head_times({x.row(first) + h * n.d, last - first, x.columns}, w.row(h * n.d), n,
                 {u.row(first) + h * n.count, last - first, u.columns});
  });
}

void head_matmul_backward(ConstView x, ConstView w, Index heads, ConstView du, View dx, View dw) {
  const HeadSizes n = head_sizes(x, w, heads);
  sum_blocks(x.rows, rows_of_partial_sum, dw, [&](Index first, Index last, Real* partial) {
    const Index rows = last - first;
    std::fill_n(dx.row(first), rows * dx.columns, Real(0));
    for (Index h = 0; h < heads; ++h)
      head_times_backward({x.row(first) + h * n.d, rows, x.columns}, {du.row(first) + h * n.count, rows, du.columns},
                          w.row(h * n.d), n, {dx.row(first) + h * n.d, rows, dx.columns}, partial + h * n.d * n.count);
  });
}

void transpose_heads(ConstView x, Index heads, View y) {
  const Index r = x.rows / heads;
  parallel_rows(y.rows, y.columns, [&](Index first, Index last) {
    for (Index at = first; at < last; ++at) {
      const Index h = at / x.columns, c = at % x.columns;
      for (Index i = 0; i < r; ++i)
        y(at, i) = x(h * r + i, c);
    }
  });
}

void turn_back(ConstView x, ConstView a, Index heads, View y) {
  const Index M = x.columns / (2 * heads);
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real *xr = x.row(i) + 2 * h * M, *xi = xr + M, *ar = a.data + 2 * h * M, *ai = ar + M;
        Real *yr = y.row(i) + 2 * h * M, *yi = yr + M;
        for (Index m = 0; m < M; ++m) {
          yr[m] = ar[m] * xr[m] + ai[m] * xi[m];
          yi[m] = ai[m] * xr[m] - ar[m] * xi[m];
        }
      }
  });
}

void turn_back_backward(ConstView x, ConstView a, Index heads, ConstView dy, View dx, View da) {
  const Index M = x.columns / (2 * heads);
  sum_blocks(x.rows, rows_per_block(x.columns), da, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Index at = 2 * h * M;
        const Real *xr = x.row(i) + at, *xi = xr + M, *ar = a.data + at, *ai = ar + M, *gr = dy.row(i) + at,
                   *gi = gr + M;
        Real *to_r = dx.row(i) + at, *to_i = to_r + M, *sum_r = partial + at, *sum_i = sum_r + M;
        for (Index m = 0; m < M; ++m) {
          to_r[m] = ar[m] * gr[m] + ai[m] * gi[m];
          to_i[m] = ai[m] * gr[m] - ar[m] * gi[m];
          sum_r[m] += xr[m] * gr[m] - xi[m] * gi[m];
          sum_i[m] += xi[m] * gr[m] + xr[m] * gi[m];
        }
      }
  });
}

}  // namespace mercer::cpu
