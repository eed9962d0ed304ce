#include <cmath>

#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace {

constexpr Real shortest = Real(1e-6);  // a shorter head counts as zero: it may be the rounding error of a centred head

__device__ Real mean_of(const Real* x, Index d, const Team& team) {
  Real total = 0;
  for (Index c = team.lane; c < d; c += team.lanes)
    total += x[c];
  return team.sum(total) / static_cast<Real>(d);
}

/// 1 / ‖x − mean‖; 0 for a head that counts as zero.
__device__ Real factor_of(const Real* x, Index d, Real mean, const Team& team) {
  Real total = 0;
  for (Index c = team.lane; c < d; c += team.lanes)
    total += (x[c] - mean) * (x[c] - mean);
  const Real norm = std::sqrt(team.sum(total));
  return norm > shortest ? 1 / norm : Real(0);
}

__device__ Real dot(const Real* a, const Real* b, Index d, const Team& team) {
  Real total = 0;
  for (Index c = team.lane; c < d; c += team.lanes)
    total += a[c] * b[c];
  return team.sum(total);
}

}  // namespace

void unit_heads(ConstView x, Index heads, bool centred, View y) {
  const Index d = x.columns / heads;
  for_each_team("unit_heads", x.rows * heads, d, [=] __device__(Index n, const Team& team) {
    const Real* from = x.data + n * d;
    Real* to = y.data + n * d;
    const Real mean = centred ? mean_of(from, d, team) : Real(0), factor = factor_of(from, d, mean, team);
    for (Index c = team.lane; c < d; c += team.lanes)
      to[c] = factor * (from[c] - mean);
  });
}

void unit_heads_backward(ConstView x, ConstView y, Index heads, bool centred, View dy) {
  const Index d = x.columns / heads;
  for_each_team("unit_heads_backward", x.rows * heads, d, [=] __device__(Index n, const Team& team) {
    const Real *from = x.data + n * d, *unit = y.data + n * d;
    Real* to = dy.data + n * d;
    // dx = (dy − y ⟨y, dy⟩) / ‖x‖, minus its mean when x was centred (the mean of y is then 0)
    const Real factor = factor_of(from, d, centred ? mean_of(from, d, team) : Real(0), team);
    const Real along = dot(unit, to, d, team), mean = centred ? mean_of(to, d, team) : Real(0);
    for (Index c = team.lane; c < d; c += team.lanes)
      to[c] = factor * (to[c] - mean - along * unit[c]);
  });
}

void scale_heads(ConstView x, ConstView s, View y) {
  if (x.size() == 0) return;
  const int d = static_cast<int>(x.columns / s.columns);
  for_each_entry("scale_heads", x.rows, x.columns,
                 [=] __device__(Index i, Index c) { y(i, c) = s.data[static_cast<int>(c) / d] * x(i, c); });
}

void scale_heads_backward_s(ConstView x, ConstView dy, View ds) {
  // first the sum over rows, then over the columns of each head
  const Index heads = ds.columns, d = heads > 0 ? x.columns / heads : 0;
  Tensor column_sums = Tensor::uninitialized(1, x.columns, Device::cuda);
  sum_over_rows<Real>(
      "scale_heads_backward_s", x.rows, x.columns, [=] __device__(Index i, Index c) { return x(i, c) * dy(i, c); },
      column_sums.data());
  const Real* of_column = column_sums.data();
  sum_over_rows<Real>(
      "scale_heads_backward_s", d, heads, [=] __device__(Index c, Index h) { return of_column[h * d + c]; }, ds.data);
}

}  // namespace mercer::cuda
