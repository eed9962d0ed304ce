#include "backend/cuda/attend/attend_passes.hpp"
#include "backend/cuda/runtime/launch.cuh"

namespace mercer::cuda {
namespace {

/// One warp for each row: delta_ih and alive_i, and dq_ih from its slope.
__device__ void find_deltas_of_row(Index i, const Deltas& found, const ConstView& y, const ConstView& dys, int heads,
                                   bool row_sum) {
  const int lane = static_cast<int>(threadIdx.x) % warp, e = static_cast<int>(y.columns / heads);
  const int lanes = lanes_for(e), at_once = warp / lanes, mine = lane & (lanes - 1);
  bool alive = false;
  for (int first = 0; first < heads; first += at_once) {
    const int h = first + lane / lanes;
    Real sum = 0, dq = 0;
    for (int c = mine; h < heads && c < e; c += lanes) {
      const Real dy = __ldg(dys.row(i) + h * e + c);
      alive = alive || dy != 0;
      sum += dy * __ldg(y.row(i) + h * e + c);
      if (found.dq.data != nullptr) dq += dy * __ldg(found.slope.row(i) + h * e + c);
    }
    sum = sum_of_lanes(sum, lanes);
    if (found.dq.data != nullptr) dq = sum_of_lanes(dq, lanes);
    if (h >= heads || mine != 0) continue;
    const bool guarded =
        found.guarded.data != nullptr && __ldg(&found.guarded(i, h)) != 0;  // a guarded sum is a constant
    __stwb(&found.delta(i, h), row_sum && !guarded ? sum : Real(0));
    if (found.dq.data != nullptr) __stwb(&found.dq(i, h), dq);
  }
  alive = __any_sync(every_lane, alive) != 0;
  if (lane == 0) __stwb(found.alive + i, static_cast<unsigned char>(alive ? 1 : 0));
}

__global__ void __launch_bounds__(threads_of_block)
    find_deltas(Deltas found, ConstView y, ConstView dy, int heads, bool row_sum) {
  const Index step = static_cast<Index>(gridDim.x) * (blockDim.x / warp);
  for (Index i = static_cast<Index>(blockIdx.x) * (blockDim.x / warp) + threadIdx.x / warp; i < y.rows; i += step)
    find_deltas_of_row(i, found, y, dy, heads, row_sum);
}

/// One warp for each row.
__global__ void __launch_bounds__(threads_of_block) find_alive(ConstView dy, unsigned char* alive) {
  const int lane = static_cast<int>(threadIdx.x) % warp;
  const Index step = static_cast<Index>(gridDim.x) * (blockDim.x / warp);
  for (Index i = static_cast<Index>(blockIdx.x) * (blockDim.x / warp) + threadIdx.x / warp; i < dy.rows; i += step) {
    bool mine = false;
    for (Index c = lane; c < dy.columns; c += warp)
      mine = mine || __ldg(dy.row(i) + c) != 0;
    const bool any = __any_sync(every_lane, mine) != 0;
    if (lane == 0) alive[i] = any ? 1 : 0;
  }
}

}  // namespace

void attend_deltas(const EdgeTerms& terms, ConstView y, ConstView dy, const Deltas& found) {
  if (y.rows > 0)
    launch("attend", {{blocks_for(y.rows, threads_of_block / warp)}}, find_deltas, found, y, dy,
           static_cast<int>(terms.heads), terms.row_sum);
}

void attend_alive(ConstView dy, unsigned char* alive) {
  if (dy.rows > 0) launch("attend", {{blocks_for(dy.rows, threads_of_block / warp)}}, find_alive, dy, alive);
}

}  // namespace mercer::cuda
