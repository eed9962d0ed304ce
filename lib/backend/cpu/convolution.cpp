#include "backend/convolution_ops.hpp"

#include <algorithm>

#include "backend/cpu/blocks.hpp"

namespace mercer::cpu {
namespace {

/// visit(i, begin, end) for the rows first … last − 1, each with the rows of its segment.
template <class Visit>
void each_row(std::span<const Index> offset, Index first, Index last, Visit&& visit) {
  auto end = std::upper_bound(offset.begin(), offset.end(), first);
  for (Index i = first; i < last; ++i) {
    while (i >= *end)
      ++end;
    visit(i, *(end - 1), *end);
  }
}

/// visit(t, j) for the taps of row i, with j = i + t − T/2 in its segment.
template <class Visit>
void each_tap(Index taps, Index i, Index begin, Index end, Visit&& visit) {
  const Index half = taps / 2;
  for (Index j = std::max(begin, i - half); j < std::min(end, i + half + 1); ++j)
    visit(j - i + half, j);
}

/// to += w ∘ from, a factor for each head.
void add_scaled(const Real* w, Index heads, const Real* from, Index columns, Real* to) {
  const Index d = columns / heads;
  for (Index h = 0; h < heads; ++h)
#pragma omp simd
    for (Index c = h * d; c < (h + 1) * d; ++c)
      to[c] += w[h] * from[c];
}

/// dw_h += ⟨a, b⟩ of each head.
void add_products(const Real* a, const Real* b, Index heads, Index columns, Real* dw) {
  const Index d = columns / heads;
  for (Index h = 0; h < heads; ++h) {
    Real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (Index c = h * d; c < (h + 1) * d; ++c)
      sum += a[c] * b[c];
    dw[h] += sum;
  }
}

}  // namespace

void convolved_rows(std::span<const Index> offset, ConstView w, ConstView v, View y) {
  parallel_rows(v.rows, w.rows * v.columns, [&](Index first, Index last) {
    std::fill_n(y.row(first), (last - first) * y.columns, Real(0));
    each_row(offset, first, last, [&](Index i, Index begin, Index end) {
      each_tap(w.rows, i, begin, end,
               [&](Index t, Index j) { add_scaled(w.row(t), w.columns, v.row(j), v.columns, y.row(i)); });
    });
  });
}

void convolved_rows_backward(std::span<const Index> offset, ConstView w, ConstView v, ConstView dy, View dv, View dw) {
  parallel_rows(v.rows, w.rows * v.columns, [&](Index first, Index last) {
    std::fill_n(dv.row(first), (last - first) * dv.columns, Real(0));
    each_row(offset, first, last, [&](Index j, Index begin, Index end) {  // the taps turned round
      each_tap(w.rows, j, begin, end, [&](Index t, Index i) {
        add_scaled(w.row(w.rows - 1 - t), w.columns, dy.row(i), dy.columns, dv.row(j));
      });
    });
  });
  sum_blocks(v.rows, rows_per_block(w.rows * v.columns), dw, [&](Index first, Index last, Real* partial) {
    each_row(offset, first, last, [&](Index i, Index begin, Index end) {
      each_tap(w.rows, i, begin, end, [&](Index t, Index j) {
        add_products(dy.row(i), v.row(j), w.columns, v.columns, partial + t * w.columns);
      });
    });
  });
}

}  // namespace mercer::cpu
