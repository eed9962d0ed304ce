#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"
#include "backend/largest.hpp"

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

void gather_rows(ConstView x, const Node* row, View y) {
  parallel_rows(y.rows, y.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      std::copy_n(x.row(row[i]), y.columns, y.row(i));
  });
}

void max_of_rows(ConstView x, const Index* offset, View y, Node* row) {
  const Index rows_of_segment = y.rows > 0 ? x.rows / y.rows + 1 : 1;
  parallel_rows(y.rows, y.columns * rows_of_segment, [&](Index first, Index last) {
    for (Index s = first; s < last; ++s) {
      Real* largest = y.row(s);
      Node* where = row + s * y.columns;
      std::fill_n(largest, y.columns, Real(0));
      std::fill_n(where, y.columns, Node{-1});
      for (Index i = offset[s]; i < offset[s + 1]; ++i)
        for (Index c = 0; c < y.columns; ++c)
          if (takes_over(x(i, c), largest[c], where[c])) {
            largest[c] = x(i, c);
            where[c] = static_cast<Node>(i);
          }
    }
  });
}

void max_of_rows_backward(ConstView dy, const Node* row, View dx) {
  std::fill_n(dx.data, dx.size(), Real(0));
  for (Index s = 0; s < dy.rows; ++s)
    for (Index c = 0; c < dy.columns; ++c)
      if (const Node i = row[s * dy.columns + c]; i >= 0) dx(i, c) = dy(s, c);
}

void take_rows(const Real* x, const Node* row, View y) {
  parallel_rows(y.rows, y.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      std::copy_n(x + row[i] * y.columns, y.columns, y.row(i));
  });
}

void scatter_rows(ConstView dy, const Node* row, View dx) {
  constexpr Index columns_of_block = 16;  // sums over rows may share a target row, so blocks are of columns
  std::fill_n(dx.data, dx.size(), Real(0));
  parallel_ranges(dx.columns, columns_of_block, [&](Index first, Index last) {
    for (Index i = 0; i < dy.rows; ++i) {
      const Real* from = dy.row(i);
      Real* to = dx.row(row[i]);
      for (Index c = first; c < last; ++c)
        to[c] += from[c];
    }
  });
}

void sum_of_earlier_rows(ConstView x, Index stride, View y) {
  std::fill_n(y.data, std::min(stride, y.rows) * y.columns, Real(0));
  for (Index i = stride; i < x.rows; ++i)
    for (Index c = 0; c < x.columns; ++c)
      y(i, c) = y(i - stride, c) + x(i - stride, c);
}

void sum_of_later_rows(ConstView x, Index stride, View y) {
  for (Index i = x.rows - 1; i >= 0; --i)
    for (Index c = 0; c < x.columns; ++c)
      y(i, c) = i + stride < x.rows ? y(i + stride, c) + x(i + stride, c) : Real(0);
}

void walsh_hadamard(ConstView x, View y) {
  parallel_rows(x.rows, 4 * x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      Real* row = y.row(i);
      if (row != x.row(i)) std::copy_n(x.row(i), x.columns, row);
      for (Index half = 1; half < x.columns; half *= 2)
        for (Index start = 0; start < x.columns; start += 2 * half)
          for (Index c = start; c < start + half; ++c) {
            const Real sum = row[c] + row[c + half], difference = row[c] - row[c + half];
            row[c] = sum;
            row[c + half] = difference;
          }
    }
  });
}

}  // namespace mercer::cpu
