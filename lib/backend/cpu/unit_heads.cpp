#include <cmath>

#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

constexpr Real shortest = Real(1e-6);  // a shorter head counts as zero: it may be the rounding error of a centred head

Real dot(const Real* a, const Real* b, Index d) {
  Real total = 0;
#pragma omp simd reduction(+ : total)
  for (Index c = 0; c < d; ++c)
    total += a[c] * b[c];
  return total;
}

Real mean_of(const Real* x, Index d) {
  Real total = 0;
#pragma omp simd reduction(+ : total)
  for (Index c = 0; c < d; ++c)
    total += x[c];
  return d > 0 ? total / static_cast<Real>(d) : Real(0);
}

/// 1 / ‖x − mean‖; 0 for a head that counts as zero.
Real factor_of(const Real* x, Index d, Real mean) {
  Real total = 0;
#pragma omp simd reduction(+ : total)
  for (Index c = 0; c < d; ++c)
    total += (x[c] - mean) * (x[c] - mean);
  const Real norm = std::sqrt(total);
  return norm > shortest ? 1 / norm : Real(0);
}

}  // namespace

void unit_heads(ConstView x, Index heads, bool centred, View y) {
  const Index d = x.columns / heads;
  parallel_rows(x.rows, 4 * x.columns, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real* from = x.row(i) + h * d;
        Real* to = y.row(i) + h * d;
        const Real mean = centred ? mean_of(from, d) : Real(0), factor = factor_of(from, d, mean);
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] = factor * (from[c] - mean);
      }
  });
}

void unit_heads_backward(ConstView x, ConstView y, Index heads, bool centred, View dy) {
  const Index d = x.columns / heads;
  parallel_rows(x.rows, 4 * x.columns, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real *from = x.row(i) + h * d, *unit = y.row(i) + h * d;
        Real* to = dy.row(i) + h * d;
        // dx = (dy − y ⟨y, dy⟩) / ‖x‖, minus its mean when x was centred (the mean of y is then 0)
        const Real factor = factor_of(from, d, centred ? mean_of(from, d) : Real(0)), along = dot(unit, to, d);
        const Real mean = centred ? mean_of(to, d) : Real(0);
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] = factor * (to[c] - mean - along * unit[c]);
      }
  });
}

void scale_heads(ConstView x, ConstView s, View y) {
  const Index heads = s.columns, d = heads > 0 ? x.columns / heads : 0;
  parallel_rows(x.rows, x.columns, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real *from = x.row(i) + h * d, factor = s.data[h];
        Real* to = y.row(i) + h * d;
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] = factor * from[c];
      }
  });
}

void scale_heads_backward_s(ConstView x, ConstView dy, View ds) {
  const Index heads = ds.columns, d = heads > 0 ? x.columns / heads : 0;
  sum_blocks(x.rows, rows_per_block(x.columns), ds, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h)
        partial[h] += dot(x.row(i) + h * d, dy.row(i) + h * d, d);
  });
}

}  // namespace mercer::cpu
