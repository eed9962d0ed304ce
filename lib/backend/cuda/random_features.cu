#include "backend/column_products.hpp"
#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/draws.cuh"
#include "backend/cuda/math.cuh"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/dense_ops.hpp"
#include "backend/noise.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {
namespace {

/// Groups and their factors, copied from the host.
struct Groups {
  Buffer offsets, factors;

  Groups(const Index* offset, const Real* factor, Index count)
      : offsets(on_device(offset, static_cast<std::size_t>(count) + 1)),
        factors(on_device(factor, static_cast<std::size_t>(count))) {}
  const Index* offset() const { return static_cast<const Index*>(offsets.data()); }
  const Real* factor() const { return static_cast<const Real*>(factors.data()); }
};

}  // namespace

void exp_below_peak(ConstView u, View phi, View peak) {
  const Index heads = peak.columns, M = u.columns / heads;
  for_each_team("exp_below_peak", u.rows * heads, M, [=] __device__(Index n, const Team& team) {
    const Real* from = u.data + n * M;
    Real* to = phi.data + n * M;
    Real top = from[0];  // stays NaN when the first value is NaN
    for (Index m = team.lane; m < M; m += team.lanes)
      top = from[m] > top ? from[m] : top;
    top = team.largest(top);
    for (Index m = team.lane; m < M; m += team.lanes)
      to[m] = exp_of(from[m] - top);
    if (team.lane == 0) peak.data[n] = top;
  });
}

void column_products(ConstView u, const Index* offset, const Real* factor, View phi) {
  const Groups groups(offset, factor, phi.columns);
  const Index* start = groups.offset();
  const Real* scale = groups.factor();
  for_each_entry("column_products", phi.rows, phi.columns, [=] MERCER_HD(Index i, Index g) {
    phi(i, g) = product_of_group(u.row(i), start[g], start[g + 1], scale[g]);
  });
}

void column_products_backward(ConstView u, const Index* offset, const Real* factor, ConstView dphi, View du) {
  const Groups groups(offset, factor, dphi.columns);
  const Index* start = groups.offset();
  const Real* scale = groups.factor();
  for_each_entry("column_products_backward", dphi.rows, dphi.columns, [=] MERCER_HD(Index i, Index g) {
    product_of_group_backward(u.row(i), start[g], start[g + 1], scale[g] * dphi(i, g), du.row(i));
  });
}

void normal_draws(const mercer::Stream& stream, View y) {
  for_each_entry("normal_draws", y.rows, y.columns,
                 [=] MERCER_HD(Index i, Index c) { y(i, c) = normal_draw(at_its_step(stream), i * y.columns + c); });
}

void orthogonal_columns(ConstView x, Index heads, View y) {
  const Index d = x.rows / heads, M = x.columns;
  if (d == 0) return;
  for_each_entry("orthogonal_columns", heads, (M + d - 1) / d, [=] MERCER_HD(Index h, Index block) {
    const Index m = block * d, count = M - m < d ? M - m : d;
    orthogonal_block(x.row(h * d) + m, d, M, count, y.row(h * d) + m);
  });
}

}  // namespace mercer::cuda
