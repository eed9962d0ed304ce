#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {

void squares_about(ConstView x, ConstView mean, View y) {
  sum_blocks(x.rows, rows_per_block(x.columns), y, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        partial[c] += (from[c] - mean.data[c]) * (from[c] - mean.data[c]);
    }
  });
}

void batch_norm(ConstView x, ConstView mean, ConstView factor, ConstView gain, ConstView bias, View y) {
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = y.row(i);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        to[c] = gain.data[c] * (factor.data[c] * (from[c] - mean.data[c])) + bias.data[c];
    }
  });
}

void batch_norm_backward_gain(ConstView x, ConstView mean, ConstView factor, ConstView dy, View dgain) {
  sum_blocks(x.rows, rows_per_block(x.columns), dgain, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i) {
      const Real *from = x.row(i), *slope = dy.row(i);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        partial[c] += slope[c] * factor.data[c] * (from[c] - mean.data[c]);
    }
  });
}

void batch_norm_backward(ConstView x, ConstView mean, ConstView factor, ConstView gain, ConstView slope,
                         ConstView along, View dy) {
  parallel_rows(x.rows, 2 * x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = dy.row(i);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        to[c] = gain.data[c] * factor.data[c] *
                (to[c] - slope.data[c] - along.data[c] * factor.data[c] * (from[c] - mean.data[c]));
    }
  });
}

}  // namespace mercer::cpu
