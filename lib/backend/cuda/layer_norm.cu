#include <cmath>

#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {

void layer_norm(ConstView x, ConstView gain, ConstView bias, Real epsilon, View y, View state) {
  const Index d = x.columns;
  for_each_team("layer_norm", x.rows, d, [=] __device__(Index i, const Team& team) {
    const Real* from = x.row(i);
    Real sum = 0, squares = 0;
    for (Index c = team.lane; c < d; c += team.lanes)
      sum += from[c];
    const Real mean = team.sum(sum) / static_cast<Real>(d);
    for (Index c = team.lane; c < d; c += team.lanes)
      squares += (from[c] - mean) * (from[c] - mean);
    const Real factor = 1 / std::sqrt(team.sum(squares) / static_cast<Real>(d) + epsilon);
    for (Index c = team.lane; c < d; c += team.lanes)
      y(i, c) = gain.data[c] * (factor * (from[c] - mean)) + bias.data[c];
    if (team.lane != 0) return;
    state(i, 0) = mean;
    state(i, 1) = factor;
  });
}

void layer_norm_backward(ConstView x, ConstView state, ConstView gain, View dy) {
  const Index d = x.columns;
  for_each_team("layer_norm_backward", x.rows, d, [=] __device__(Index i, const Team& team) {
    const Real *from = x.row(i), mean = state(i, 0), factor = state(i, 1);
    Real *to = dy.row(i), sum = 0, along = 0;
    for (Index c = team.lane; c < d; c += team.lanes) {
      const Real slope = gain.data[c] * to[c];
      sum += slope;
      along += slope * factor * (from[c] - mean);
    }
    sum = team.sum(sum) / static_cast<Real>(d);
    along = team.sum(along) / static_cast<Real>(d);
    for (Index c = team.lane; c < d; c += team.lanes)
      to[c] = factor * (gain.data[c] * to[c] - sum - along * factor * (from[c] - mean));
  });
}

void layer_norm_backward_gain(ConstView x, ConstView state, ConstView dy, View dgain) {
  sum_over_rows<Real>(
      "layer_norm_backward_gain", x.rows, x.columns,
      [=] __device__(Index i, Index c) { return dy(i, c) * state(i, 1) * (x(i, c) - state(i, 0)); }, dgain.data);
}

}  // namespace mercer::cuda
