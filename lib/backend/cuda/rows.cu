#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "backend/largest.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {

void add_row(ConstView x, ConstView b, View y) {
  for_each_entry("add_row", x.rows, x.columns, [=] MERCER_HD(Index i, Index c) { y(i, c) = x(i, c) + b.data[c]; });
}

void sum_of_rows(ConstView x, View y) {
  sum_over_rows<Real>(
      "sum_of_rows", x.rows, x.columns, [=] MERCER_HD(Index i, Index c) { return x(i, c); }, y.data);
}

void sum(ConstView x, View y) {
  sum_over_rows<Real>(
      "sum", x.size(), 1, [=] MERCER_HD(Index n, Index) { return x.data[n]; }, y.data);
}

void gather_rows(ConstView x, const Node* row, View y) {
  const Buffer copy = on_device(row, static_cast<std::size_t>(y.rows));
  const auto* from = static_cast<const Node*>(copy.data());
  for_each_entry("gather_rows", y.rows, y.columns, [=] MERCER_HD(Index i, Index c) { y(i, c) = x(from[i], c); });
}

void max_of_rows(ConstView x, const Index* offset, View y, Node* row) {
  const Buffer copy = on_device(offset, static_cast<std::size_t>(y.rows) + 1);
  const auto* first = static_cast<const Index*>(copy.data());
  for_each_entry("max_of_rows", y.rows, y.columns, [=] MERCER_HD(Index s, Index c) {
    Real largest = 0;
    Node where = -1;
    for (Index i = first[s]; i < first[s + 1]; ++i)
      if (takes_over(x(i, c), largest, where)) {
        largest = x(i, c);
        where = static_cast<Node>(i);
      }
    y(s, c) = largest;
    row[s * y.columns + c] = where;
  });
}

void max_of_rows_backward(ConstView dy, const Node* row, View dx) {
  for_each("max_of_rows_backward", dx.size(), [=] MERCER_HD(Index n) { dx.data[n] = 0; });
  for_each_entry("max_of_rows_backward", dy.rows, dy.columns, [=] MERCER_HD(Index s, Index c) {
    const Node i = row[s * dy.columns + c];
    if (i >= 0) dx(i, c) = dy(s, c);
  });
}

void sum_of_earlier_rows(ConstView x, Index stride, View y) {
  for_each_entry("sum_of_earlier_rows", std::min(stride, x.rows), x.columns, [=] MERCER_HD(Index residue, Index c) {
    Real total = 0;
    for (Index i = residue; i < x.rows; i += stride) {
      y(i, c) = total;
      total += x(i, c);
    }
  });
}

void sum_of_later_rows(ConstView x, Index stride, View y) {
  for_each_entry("sum_of_later_rows", std::min(stride, x.rows), x.columns, [=] MERCER_HD(Index residue, Index c) {
    Real total = 0;
    for (Index i = x.rows - 1 - residue; i >= 0; i -= stride) {
      y(i, c) = total;
      total += x(i, c);
    }
  });
}

}  // namespace mercer::cuda
