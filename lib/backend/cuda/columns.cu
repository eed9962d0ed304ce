#include "backend/cuda/runtime/launch.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {

void take_columns(ConstView x, Index first, View y) {
  for_each_entry("take_columns", y.rows, y.columns, [=] MERCER_HD(Index i, Index c) { y(i, c) = x(i, first + c); });
}

void put_columns(ConstView y, Index first, View x) {
  for_each_entry("put_columns", y.rows, y.columns, [=] MERCER_HD(Index i, Index c) { x(i, first + c) = y(i, c); });
}

void add_columns(ConstView y, Index first, View x) {
  for_each_entry("add_columns", y.rows, y.columns, [=] MERCER_HD(Index i, Index c) { x(i, first + c) += y(i, c); });
}

}  // namespace mercer::cuda
