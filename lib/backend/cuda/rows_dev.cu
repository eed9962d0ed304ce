#include "backend/cuda/launch.cuh"
#include "backend/dense_ops.hpp"
namespace mercer::cuda {
void sum_of_rows(ConstView x, View y) {
  for_each("s", y.size(), [=] MERCER_HD(Index c) {
    Real s = 0;
    for (Index i = 0; i < x.rows; ++i)
      s += x(i, c);
    y.data[c] = s;
  });
}
}  // namespace mercer::cuda
