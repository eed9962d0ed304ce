#pragma once

#include "backend/cuda/runtime/launch.cuh"

namespace mercer::cuda {

/// Neighbouring lanes of a warp, 1 to 32, that share one item. They exchange values only within the team, so teams of a
/// warp may take different branches; the lanes of a team may not.
struct Team {
  int lanes;  // a power of two
  int lane;   // of this thread, 0 … lanes − 1
  unsigned mask;

  __device__ explicit Team(int size)
      : lanes(size),
        lane(static_cast<int>(threadIdx.x) % size),
        mask((every_lane >> (warp - size)) << (static_cast<int>(threadIdx.x) % warp - lane)) {}

  template <class T>
  __device__ T sum(T x) const {
    return sum_of_lanes(x, lanes, mask);
  }
  template <class T>
  __device__ T largest(T x) const {
    return largest_of_lanes(x, lanes, mask);
  }
  __device__ bool any(bool x) const { return __any_sync(mask, x ? 1 : 0) != 0; }
  template <class T>
  __device__ T of_lane(T x, int from) const {
    return __shfl_sync(mask, x, from, lanes);
  }
};

template <class Body>
__global__ void __launch_bounds__(threads_of_block, 4) each_team(Index count, int lanes, Body body) {
  const Team team(lanes);
  const int teams = threads_of_block / lanes;
  for (Index n = static_cast<Index>(blockIdx.x) * teams + static_cast<int>(threadIdx.x) / lanes; n < count;
       n += static_cast<Index>(gridDim.x) * teams)
    body(n, team);
}

/// body(n, team) for n = 0 … count − 1, each by a team with about one lane for each of `width` values.
template <class Body>
void for_each_team(const char* op, Index count, Index width, Body body) {
  if (count <= 0) return;
  const int lanes = lanes_for(width);
  launch(op, {{blocks_for(count, threads_of_block / lanes)}}, each_team<Body>, count, lanes, body);
}

}  // namespace mercer::cuda
