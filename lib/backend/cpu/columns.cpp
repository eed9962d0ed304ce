#include <algorithm>

#include "backend/cpu/blocks.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {

void take_columns(ConstView x, Index first, View y) {
  parallel_rows(y.rows, y.columns, [=](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      std::copy_n(x.row(i) + first, y.columns, y.row(i));
  });
}

void put_columns(ConstView y, Index first, View x) {
  parallel_rows(y.rows, y.columns, [=](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      std::copy_n(y.row(i), y.columns, x.row(i) + first);
  });
}

void add_columns(ConstView y, Index first, View x) {
  parallel_rows(y.rows, y.columns, [=](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      for (Index c = 0; c < y.columns; ++c)
        x.row(i)[first + c] += y.row(i)[c];
  });
}

}  // namespace mercer::cpu
