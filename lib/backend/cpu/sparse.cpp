#include <algorithm>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/unrolled.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/kernel/loops/lanes.hpp"

namespace mercer::cpu {
namespace {

typedef Real FourLanes __attribute__((vector_size(4 * sizeof(Real))));

template <class R>
constexpr int width_of = sizeof(R) / sizeof(Real);

/// Calls visit.template operator()<R, Count>(first column) for pieces of d columns, each of Count values of R: 64, 32,
/// 16, 8, 4 or 1 columns.
template <class Visit>
void for_each_piece(Index d, Visit&& visit) {
  Index c = 0;
  for (; c + 64 <= d; c += 64)
    visit.template operator()<Lanes, 8>(c);
  if (c + 32 <= d) visit.template operator()<Lanes, 4>(c), c += 32;
  if (c + 16 <= d) visit.template operator()<Lanes, 2>(c), c += 16;
  if (c + 8 <= d) visit.template operator()<Lanes, 1>(c), c += 8;
  if (c + 4 <= d) visit.template operator()<FourLanes, 1>(c), c += 4;
  for (; c < d; ++c)
    visit.template operator()<Real, 1>(c);
}

/// y = Σ_e value_e w[column_e], over the nonzeros first … last − 1.
template <class R, int Count>
void gather(SparseView x, Edge first, Edge last, const Real* w, Index stride, Real* y) {
  R sum[Count] = {};
  for (Edge e = first; e < last; ++e) {
    const Real* row = w + x.column[e] * stride;
    const Real value = x.value[e];
    unrolled<Count>([&](auto k) { sum[k] += value * load<R>(row + k * width_of<R>); });
  }
  unrolled<Count>([&](auto k) { store(y + k * width_of<R>, sum[k]); });
}

/// dw[column_e] += value_e dy, over the nonzeros first … last − 1.
template <class R, int Count>
void scatter(SparseView x, Edge first, Edge last, const Real* dy, Real* dw, Index stride) {
  int live = 0;
  for (int c = 0; c < Count * width_of<R>; ++c)
    live |= dy[c] != 0;
  if (live == 0) return;  // most rows of dy are zero when few nodes have labels
  R slope[Count];
  unrolled<Count>([&](auto k) { slope[k] = load<R>(dy + k * width_of<R>); });
  for (Edge e = first; e < last; ++e) {
    Real* row = dw + x.column[e] * stride;
    const Real value = x.value[e];
    unrolled<Count>([&](auto k) {
      Real* piece = row + k * width_of<R>;
      store<R>(piece, load<R>(piece) + value * slope[k]);
    });
  }
}

/// dw is cut into slices of columns, and of rows (features) when there are more threads than column slices. This may
/// depend on the number of threads, since one task sums each element of dw over the rows of x in order.
struct Cut {
  Index width, across;    // columns of a slice, number of slices along the columns
  Index height, upright;  // features of a slice, number of slices along the features
};

Cut cut_for(Index features, Index d) {
  const Index want = threads();
  Index width = 64;
  while (width > 16 && (d + width - 1) / width < want)
    width /= 2;
  const Index across = (d + width - 1) / width;
  const Index upright = std::min<Index>((want + across - 1) / across, features);
  return {width, across, (features + upright - 1) / upright, upright};
}

}  // namespace

void sparse_gemm(SparseView x, ConstView w, View y) {
  if (w.size() == 0) {  // no features
    std::fill_n(y.data, y.size(), Real(0));
    return;
  }
  constexpr Index block_rows = 64;
  const Index d = w.columns;
  parallel_ranges(x.rows, block_rows, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for_each_piece(d, [&]<class R, int Count>(Index c) {
        gather<R, Count>(x, x.offset[i], x.offset[i + 1], w.data + c, d, y.row(i) + c);
      });
  });
}

void sparse_gemm_transposed(SparseView x, ConstView dy, View dw) {
  if (dw.size() == 0) return;
  const Index d = dw.columns;
  const Cut cut = cut_for(dw.rows, d);
  parallel_blocks(cut.across * cut.upright, [&](Index task) {
    const Index left = task % cut.across * cut.width, right = std::min(left + cut.width, d);
    const Index top = std::min(task / cut.across * cut.height, dw.rows), bottom = std::min(top + cut.height, dw.rows);
    for (Index f = top; f < bottom; ++f)
      std::fill(dw.row(f) + left, dw.row(f) + right, Real(0));
    for (Index i = 0; i < x.rows; ++i) {
      const Node *begin = x.column + x.offset[i], *end = x.column + x.offset[i + 1];
      if (cut.upright > 1) {
        begin = std::lower_bound(begin, end, top);
        end = std::lower_bound(begin, end, bottom);
      }
      if (begin == end) continue;
      for_each_piece(right - left, [&]<class R, int Count>(Index c) {
        scatter<R, Count>(x, begin - x.column, end - x.column, dy.row(i) + left + c, dw.data + left + c, d);
      });
    }
  });
}

}  // namespace mercer::cpu
