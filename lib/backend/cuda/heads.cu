#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {
namespace {

/// The head of a column; 32 bits suffice for the columns of a row.
MERCER_HD inline Index head_of(Index c, int d) { return static_cast<int>(c) / d; }

}  // namespace

void head_dot(ConstView x, ConstView a, View s) {
  const Index heads = s.columns, d = x.columns / heads;
  for_each_team("head_dot", x.rows * heads, d, [=] __device__(Index n, const Team& team) {
    const Real *from = x.data + n * d, *with = a.data + n % heads * d;
    Real total = 0;
    for (Index c = team.lane; c < d; c += team.lanes)
      total += from[c] * with[c];
    total = team.sum(total);
    if (team.lane == 0) s.data[n] = total;
  });
}

void head_dot_backward_x(ConstView ds, ConstView a, View dx) {
  const int d = static_cast<int>(dx.columns / ds.columns);
  for_each_entry("head_dot_backward_x", dx.rows, dx.columns,
                 [=] MERCER_HD(Index i, Index c) { dx(i, c) = ds(i, head_of(c, d)) * a.data[c]; });
}

void head_dot_backward_a(ConstView ds, ConstView x, View da) {
  const int d = static_cast<int>(x.columns / ds.columns);
  sum_over_rows<Real>(
      "head_dot_backward_a", x.rows, x.columns,
      [=] MERCER_HD(Index i, Index c) { return ds(i, head_of(c, d)) * x(i, c); }, da.data);
}

void head_mean(ConstView x, Index heads, View y) {
  const Real share = Real(1) / static_cast<Real>(heads);
  for_each_entry("head_mean", y.rows, y.columns, [=] MERCER_HD(Index i, Index c) {
    Real total = 0;
    for (Index at = c; at < x.columns; at += y.columns)
      total += x(i, at);
    y(i, c) = total * share;
  });
}

void head_mean_backward(ConstView dy, Index heads, View dx) {
  const Real share = Real(1) / static_cast<Real>(heads);
  const int d = static_cast<int>(dy.columns);
  for_each_entry("head_mean_backward", dx.rows, dx.columns,
                 [=] MERCER_HD(Index i, Index c) { dx(i, c) = share * dy(i, static_cast<int>(c) % d); });
}

}  // namespace mercer::cuda
