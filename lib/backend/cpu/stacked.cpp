#include "backend/stacked_ops.hpp"

#include <algorithm>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/head_product.hpp"

namespace mercer::cpu {
namespace {

/// body(n) for each matrix, in blocks of about equal work.
template <class Body>
void each_matrix(ConstView a, Index count, Index columns, Body&& body) {
  const Index products = a.size() / std::max<Index>(count, 1) * columns;
  parallel_rows(count, products / 4, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n)
      body(n);
  });
}

}  // namespace

void stacked_matmul(ConstView a, ConstView b, Index count, View y) {
  const HeadSizes sizes{.heads = 1, .d = a.columns, .count = b.columns};
  each_matrix(a, count, b.columns, [&](Index n) {
    constexpr Index at_once = 4;
    const Index end = (n + 1) * (a.rows / count);
    const Real* bn = b.row(n * a.columns);
    Index i = n * (a.rows / count);
    for (; i + at_once <= end; i += at_once)
      head_times_rows<at_once>({a.row(i), at_once, a.columns}, bn, sizes, {y.row(i), at_once, y.columns});
    for (; i < end; ++i)
      head_times_rows<1>({a.row(i), 1, a.columns}, bn, sizes, {y.row(i), 1, y.columns});
  });
}

void stacked_matmul_backward(ConstView a, ConstView b, Index count, ConstView dy, View da, View db) {
  const HeadSizes sizes{.heads = 1, .d = a.columns, .count = b.columns};
  each_matrix(a, count, b.columns, [&](Index n) {
    const Index first = n * (a.rows / count), end = first + a.rows / count, top = n * a.columns;
    std::fill_n(da.row(first), (end - first) * da.columns, Real(0));
    std::fill_n(db.row(top), a.columns * db.columns, Real(0));
    for (Index begin = first; begin < end; begin += HeadRows::capacity) {
      HeadRows at;
      for (Index i = begin; i < std::min<Index>(begin + HeadRows::capacity, end); ++i)
        at.add(a.row(i), da.row(i), dy.row(i));
      head_times_backward(at, b.row(top), sizes, db.row(top));
    }
  });
}

}  // namespace mercer::cpu
