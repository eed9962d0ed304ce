#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {

void add_row(ConstView x, ConstView b, View y) {
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = y.row(i);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        to[c] = from[c] + b.data[c];
    }
  });
}

void sum_of_rows(ConstView x, View y) {
  sum_blocks(x.rows, rows_per_block(x.columns), y, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        partial[c] += from[c];
    }
  });
}

void sum(ConstView x, View y) {
  sum_blocks(x.size(), block_of_elements, y, [&](Index first, Index last, Real* partial) {
    Real total = 0;
#pragma omp simd reduction(+ : total)
    for (Index n = first; n < last; ++n)
      total += x.data[n];
    *partial += total;
  });
}

}  // namespace mercer::cpu
