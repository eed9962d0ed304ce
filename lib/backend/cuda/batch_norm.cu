#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {

void squares_about(ConstView x, ConstView mean, View y) {
  sum_over_rows<Real>(
      "squares_about", x.rows, x.columns,
      [=] MERCER_HD(Index i, Index c) { return (x(i, c) - mean.data[c]) * (x(i, c) - mean.data[c]); }, y.data);
}

void batch_norm(ConstView x, ConstView mean, ConstView factor, ConstView gain, ConstView bias, View y) {
  for_each_entry("batch_norm", x.rows, x.columns, [=] MERCER_HD(Index i, Index c) {
    y(i, c) = gain.data[c] * (factor.data[c] * (x(i, c) - mean.data[c])) + bias.data[c];
  });
}

void batch_norm_backward_gain(ConstView x, ConstView mean, ConstView factor, ConstView dy, View dgain) {
  sum_over_rows<Real>(
      "batch_norm_backward_gain", x.rows, x.columns,
      [=] MERCER_HD(Index i, Index c) { return dy(i, c) * factor.data[c] * (x(i, c) - mean.data[c]); }, dgain.data);
}

void batch_norm_backward(ConstView x, ConstView mean, ConstView factor, ConstView gain, ConstView slope,
                         ConstView along, View dy) {
  for_each_entry("batch_norm_backward", x.rows, x.columns, [=] MERCER_HD(Index i, Index c) {
    dy(i, c) = gain.data[c] * factor.data[c] *
               (dy(i, c) - slope.data[c] - along.data[c] * factor.data[c] * (x(i, c) - mean.data[c]));
  });
}

}  // namespace mercer::cuda
