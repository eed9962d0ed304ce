#pragma once

#include <algorithm>

#include "backend/cuda/runtime/launch.cuh"
#include "mercer/base/brain_float.hpp"
#include "mercer/tensor/view.hpp"

/// Reading and summing rows by a warp: four columns of every 128 in a lane, 16 bytes at a time where the width allows.
namespace mercer::cuda {

constexpr int panel = 512;  // columns that one warp sums: 16 for each lane

template <int count>
struct Pack {
  Real x[count];
};

/// Loads what this warp loaded just before, from the first-level cache.
template <int count>
__device__ __forceinline__ Pack<count> again(const Real* from) {
  if constexpr (count == 4) {
    const float4 four = *reinterpret_cast<const float4*>(from);
    return {{four.x, four.y, four.z, four.w}};
  } else {
    return {{*from}};
  }
}

template <int count>
__device__ __forceinline__ Pack<count> load(const Real* from) {
  static_assert(count == 1 || count == 4 || count == 8);
  if constexpr (count == 8) {
    const Pack<4> low = load<4>(from), high = again<4>(from + 4);  // of one sector
    return {{low.x[0], low.x[1], low.x[2], low.x[3], high.x[0], high.x[1], high.x[2], high.x[3]}};
  } else if constexpr (count == 4) {
    const float4 four = __ldg(reinterpret_cast<const float4*>(from));
    return {{four.x, four.y, four.z, four.w}};
  } else {
    return {{__ldg(from)}};
  }
}

/// A matrix whose rows edges gather: of Real, or of brain floats in packs of four if there are any. All lanes take the
/// same branch.
struct Gathered {
  const Real* real = nullptr;
  const BrainFloat* brain = nullptr;
  Index columns = 0;

  MERCER_HD Gathered(ConstView x, const BrainFloat* brain = nullptr) : real(x.data), brain(brain), columns(x.columns) {}
  __device__ Index at(Index row) const { return row * columns; }
  __device__ Real value(Index at) const {
    return brain == nullptr ? __ldg(real + at) : BrainFloat{__ldg(&brain[at].bits)}.value();
  }
};

__device__ __forceinline__ Pack<4> widened(uint2 four) {
  constexpr unsigned upper = 0xffff0000u;
  return {{__uint_as_float(four.x << 16), __uint_as_float(four.x & upper), __uint_as_float(four.y << 16),
           __uint_as_float(four.y & upper)}};
}

/// `count` brain floats: eight are 16 bytes.
template <int count>
__device__ __forceinline__ Pack<count> load(const BrainFloat* from) {
  static_assert(count == 4 || count == 8);
  if constexpr (count == 8) {
    const uint4 eight = __ldg(reinterpret_cast<const uint4*>(from));
    const Pack<4> low = widened(make_uint2(eight.x, eight.y)), high = widened(make_uint2(eight.z, eight.w));
    return {{low.x[0], low.x[1], low.x[2], low.x[3], high.x[0], high.x[1], high.x[2], high.x[3]}};
  } else {
    return widened(__ldg(reinterpret_cast<const uint2*>(from)));
  }
}

template <int count>
__device__ __forceinline__ Pack<count> load(const Gathered& x, Index at) {
  if constexpr (count == 4)
    if (x.brain != nullptr) return load<count>(x.brain + at);
  return load<count>(x.real + at);
}

template <int count>
__device__ __forceinline__ Pack<count> again(const Gathered& x, Index at) {
  if constexpr (count == 4)
    if (x.brain != nullptr) return widened(*reinterpret_cast<const uint2*>(x.brain + at));
  return again<count>(x.real + at);
}

template <int count>
__device__ __forceinline__ void store(Real* to, const Real* x) {
  if constexpr (count == 4)
    __stcs(reinterpret_cast<float4*>(to), make_float4(x[0], x[1], x[2], x[3]));
  else
    __stcs(to, x[0]);
}

/// The columns of a panel in the lanes of a warp: `count` neighbouring ones in each of up to 16 / count rounds. In
/// narrow panels the warp handles several edges at once.
template <int count>
struct Columns {
  static constexpr int most = 16 / count;
  int lane, lanes, sides, side;  // lane and lanes of this edge; number of edges at once, this edge's number
  int first, end;                // of the panel

  __device__ Columns(int lane_of_warp, int panel_number, int columns) {
    first = panel_number * panel;
    end = std::min(columns, first + panel);
    lanes = lanes_for((std::max(end - first, 0) + count - 1) / count);
    lane = lane_of_warp & (lanes - 1);
    sides = warp / lanes;
    side = lane_of_warp / lanes;
  }
  __device__ int column(int round) const { return first + (round * lanes + lane) * count; }
};

/// Sums over edges, up to `panel` columns, in registers.
template <int count>
struct Sums {
  Pack<count> sum[Columns<count>::most] = {};

  /// body(round, column, sum) for every round that has columns.
  template <class Body>
  __device__ __forceinline__ void each(const Columns<count>& at, Body&& body) {
#pragma unroll
    for (int round = 0; round < Columns<count>::most; ++round)
      if (const int column = at.column(round); column < at.end) body(round, column, sum[round].x);
  }

  /// Adds the sums of the edges handled at once.
  __device__ __forceinline__ void merge(const Columns<count>& at) {
    for (int apart = at.lanes; apart < warp; apart *= 2)
#pragma unroll
      for (int round = 0; round < Columns<count>::most; ++round)
#pragma unroll
        for (int n = 0; n < count; ++n)
          sum[round].x[n] += __shfl_xor_sync(every_lane, sum[round].x[n], apart);
  }
};

inline bool by_fours(Index width) { return width > 0 && width % 4 == 0; }

}  // namespace mercer::cuda
