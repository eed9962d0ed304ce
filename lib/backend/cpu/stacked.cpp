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
    const Index rows = a.rows / count, first = n * rows;
    head_times({a.row(first), rows, a.columns}, b.row(n * a.columns), sizes, {y.row(first), rows, y.columns});
  });
}

void stacked_matmul_backward(ConstView a, ConstView b, Index count, ConstView dy, View da, View db) {
  const HeadSizes sizes{.heads = 1, .d = a.columns, .count = b.columns};
  each_matrix(a, count, b.columns, [&](Index n) {
    const Index rows = a.rows / count, first = n * rows, top = n * a.columns;
    std::fill_n(da.row(first), rows * da.columns, Real(0));
    std::fill_n(db.row(top), a.columns * db.columns, Real(0));
    head_times_backward({a.row(first), rows, a.columns}, {dy.row(first), rows, dy.columns}, b.row(top), sizes,
                        {da.row(first), rows, da.columns}, db.row(top));
  });
}

}  // namespace mercer::cpu
