#include <cmath>

#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {

void layer_norm(ConstView x, ConstView gain, ConstView bias, Real epsilon, View y, View state) {
  const Index d = x.columns;
  parallel_rows(x.rows, 4 * d, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = y.row(i);
      Real sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
      for (Index c = 0; c < d; ++c)
        sum += from[c];
      const Real mean = sum / static_cast<Real>(d);
#pragma omp simd reduction(+ : squares)
      for (Index c = 0; c < d; ++c)
        squares += (from[c] - mean) * (from[c] - mean);
      const Real factor = 1 / std::sqrt(squares / static_cast<Real>(d) + epsilon);
#pragma omp simd
      for (Index c = 0; c < d; ++c)
        to[c] = gain.data[c] * (factor * (from[c] - mean)) + bias.data[c];
      state(i, 0) = mean;
      state(i, 1) = factor;
    }
  });
}

void layer_norm_backward(ConstView x, ConstView state, ConstView gain, View dy) {
  const Index d = x.columns;
  parallel_rows(x.rows, 4 * d, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real *from = x.row(i), mean = state(i, 0), factor = state(i, 1);
      Real *to = dy.row(i), sum = 0, along = 0;
#pragma omp simd reduction(+ : sum, along)
      for (Index c = 0; c < d; ++c) {
        const Real slope = gain.data[c] * to[c];
        sum += slope;
        along += slope * factor * (from[c] - mean);
      }
      sum /= static_cast<Real>(d);
      along /= static_cast<Real>(d);
#pragma omp simd
      for (Index c = 0; c < d; ++c)
        to[c] = factor * (gain.data[c] * to[c] - sum - along * factor * (from[c] - mean));
    }
  });
}

void layer_norm_backward_gain(ConstView x, ConstView state, ConstView dy, View dgain) {
  sum_blocks(x.rows, rows_per_block(x.columns), dgain, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i) {
      const Real *from = x.row(i), *slope = dy.row(i), mean = state(i, 0), factor = state(i, 1);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        partial[c] += slope[c] * factor * (from[c] - mean);
    }
  });
}

}  // namespace mercer::cpu
