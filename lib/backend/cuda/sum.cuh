#pragma once

#include "backend/cuda/runtime/launch.cuh"
#include "mercer/base/buffer.hpp"

/// Sums over rows, for gradients of operands that all rows share. The order of the sums depends on sizes alone.
namespace mercer::cuda {

/// Σ over the row lanes of a block, by repeated halving: the sum of `mine` of the threads thread, thread + lanes, …
/// The threads of row lane 0 have it. total: [threads of the block] of shared memory.
template <class T>
__device__ T sum_of_row_lanes(T mine, int lanes, T* total) {
  const int thread = static_cast<int>(threadIdx.x), row_lanes = threads_of_block / lanes, row_lane = thread / lanes;
  total[thread] = mine;
  for (int apart = row_lanes / 2; apart > 0; apart /= 2) {
    __syncthreads();
    if (row_lane < apart) total[thread] += total[thread + apart * lanes];
  }
  return total[thread];
}

/// Rows that one block of `row_lanes` sums.
MERCER_HD inline Index rows_of_block(Index rows, Index row_lanes) {
  constexpr Index most_blocks = 512, least_rows_of_thread = 16;
  const Index least = least_rows_of_thread * row_lanes, share = (rows + most_blocks - 1) / most_blocks;
  return share > least ? share : least;
}

/// out[b, c] = Σ of value(i, c) over the rows i of block b. The threads of a block form [row lanes, lanes], so that
/// narrow matrices use all threads; the row lanes are summed by repeated halving.
template <class T, class Value, class Out>
__global__ void __launch_bounds__(threads_of_block)
    sum_rows_of_block(Index rows, Index width, Index rows_of_block, int lanes, Value value, Out* out) {
  MERCER_SHARED(T, total);  // [threads of the block]
  const int thread = static_cast<int>(threadIdx.x), row_lanes = threads_of_block / lanes, row_lane = thread / lanes;
  const Index first = static_cast<Index>(blockIdx.x) * rows_of_block;
  const Index last = first + rows_of_block < rows ? first + rows_of_block : rows;
  for (Index start = static_cast<Index>(blockIdx.y) * lanes; start < width;
       start += static_cast<Index>(gridDim.y) * lanes) {
    const Index c = start + thread % lanes;
    T mine = 0;
    if (c < width)
      for (Index i = first + row_lane; i < last; i += row_lanes)
        mine += value(i, c);
    const T sum = sum_of_row_lanes(mine, lanes, total);
    if (row_lane == 0 && c < width) out[static_cast<Index>(blockIdx.x) * width + c] = static_cast<Out>(sum);
    __syncthreads();
  }
}

template <class T>
struct Partials {
  const T* data;
  Index width;
  __device__ T operator()(Index i, Index c) const { return data[i * width + c]; }
};

/// out[c] = Σ_i value(i, c), i < rows, c < width, added up as T. value may read out[c].
template <class T, class Value, class Out>
void sum_over_rows(const char* op, Index rows, Index width, Value value, Out* out) {
  if (width <= 0) return;
  constexpr Index most_pieces = 1 << 10;
  const int lanes = lanes_for(width), row_lanes = threads_of_block / lanes;
  const Index pieces = std::min(most_pieces, (width + lanes - 1) / lanes);
  const Index of_block = rows_of_block(rows, row_lanes);
  const Index blocks = std::max<Index>(1, (rows + of_block - 1) / of_block);
  constexpr std::size_t shared = threads_of_block * sizeof(T);
  if (blocks == 1)
    return launch(op, {{1, pieces}, threads_of_block, shared}, sum_rows_of_block<T, Value, Out>, rows, width, of_block,
                  lanes, value, out);

  Buffer partials(static_cast<std::size_t>(blocks * width) * sizeof(T), Device::cuda);
  auto* partial = static_cast<T*>(partials.data());
  launch(op, {{blocks, pieces}, threads_of_block, shared}, sum_rows_of_block<T, Value, T>, rows, width, of_block, lanes,
         value, partial);
  launch(op, {{1, pieces}, threads_of_block, shared}, sum_rows_of_block<T, Partials<T>, Out>, blocks, width, blocks,
         lanes, Partials<T>{partial, width}, out);
}

}  // namespace mercer::cuda
