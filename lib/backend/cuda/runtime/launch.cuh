#pragma once

#include <algorithm>
#include <limits>
#include <string>

#include "backend/cuda/runtime/runtime.hpp"
#include "mercer/base/annotate.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/types.hpp"

/// Launches kernels. The code compiles with nvcc, and with any C++ compiler against the SIMT machine of the tests,
/// which has a cuda_runtime.h of its own.
#if !defined(MERCER_SIMT)
#define MERCER_SHARED(Type, name)                               \
  extern __shared__ __align__(16) unsigned char shared_bytes[]; \
  Type* name = reinterpret_cast<Type*>(shared_bytes)
#endif

namespace mercer::cuda {

constexpr int warp = 32;
constexpr unsigned every_lane = 0xffffffffu;
constexpr int threads_of_block = 256;

struct Grid {
  Index x = 1, y = 1, z = 1;  // blocks
};

struct Launch {
  Grid blocks;
  int threads = threads_of_block;
  std::size_t shared = 0;  // bytes
};

/// Throws DeviceError when there are more blocks than a device allows.
inline dim3 checked(const char* op, const Grid& blocks) {
  constexpr Index most_x = 2147483647, most = 65535;
  if (blocks.x > most_x || blocks.y > most || blocks.z > most)
    throw DeviceError("[" + std::string(op) + "] CUDA: blocks of a grid: got " + std::to_string(blocks.x) + " x " +
                      std::to_string(blocks.y) + " x " + std::to_string(blocks.z) +
                      ", want at most 2147483647 x 65535 x 65535");
  return {static_cast<unsigned>(blocks.x), static_cast<unsigned>(blocks.y), static_cast<unsigned>(blocks.z)};
}

/// A size as int, for kernels. Throws DeviceError when it doesn't fit.
inline int narrowed(const char* op, const char* what, Index size) {
  constexpr Index most = std::numeric_limits<int>::max();
  if (size > most)
    throw DeviceError("[" + std::string(op) + "] CUDA: " + what + ": got " + std::to_string(size) + ", want at most " +
                      std::to_string(most));
  return static_cast<int>(size);
}

template <class... Wanted, class... Given>
void launch(const char* op, const Launch& shape, void (*kernel)(Wanted...), Given... given) {
  cudaLaunchConfig_t config{};
  config.gridDim = checked(op, shape.blocks);
  config.blockDim = dim3(static_cast<unsigned>(shape.threads));
  config.dynamicSmemBytes = shape.shared;
  config.stream = stream();
  constexpr std::size_t granted = 48 << 10;  // bytes that a kernel gets without a request
  if (shape.shared > granted)
    check(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(shape.shared)),
          op);
  check(cudaLaunchKernelEx(&config, kernel, static_cast<Wanted>(given)...), op);
}

inline Index blocks_for(Index count, Index of_block) {
  constexpr Index most = Index{1} << 20;  // kernels loop over the remaining work
  return std::min(most, (count + of_block - 1) / of_block);
}

template <class Body>
__global__ void __launch_bounds__(threads_of_block) each(Index count, Body body) {
  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;
  for (Index n = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x; n < count; n += step)
    body(n);
}

/// body(n) for n = 0 … count − 1, one thread each.
template <class Body>
void for_each(const char* op, Index count, Body body) {
  if (count > 0) launch(op, {{blocks_for(count, threads_of_block)}}, each<Body>, count, body);
}

/// The smallest power of two that is at least `width`, at most `most`.
MERCER_HD inline int lanes_for(Index width, int most = warp) {
  int lanes = 1;
  while (lanes < most && lanes < width)
    lanes *= 2;
  return lanes;
}

template <class Body>
__global__ void __launch_bounds__(threads_of_block) each_entry(Index rows, Index columns, int lanes, Body body) {
  const int thread = static_cast<int>(threadIdx.x), row_lanes = threads_of_block / lanes;
  for (Index i = static_cast<Index>(blockIdx.x) * row_lanes + thread / lanes; i < rows;
       i += static_cast<Index>(gridDim.x) * row_lanes)
    for (Index c = static_cast<Index>(blockIdx.y) * lanes + thread % lanes; c < columns;
         c += static_cast<Index>(gridDim.y) * lanes)
      body(i, c);
}

/// body(i, c) for the entries of a [rows, columns] matrix, one thread each; neighbours in a row are neighbouring
/// threads.
template <class Body>
void for_each_entry(const char* op, Index rows, Index columns, Body body) {
  if (rows <= 0 || columns <= 0) return;
  constexpr Index most_pieces = 1 << 10;  // of a row; threads loop over the remaining ones
  const int lanes = lanes_for(narrowed(op, "columns", columns), threads_of_block);
  const Index pieces = std::min(most_pieces, (columns + lanes - 1) / lanes);
  launch(op, {{blocks_for(rows, threads_of_block / lanes), pieces}}, each_entry<Body>, rows, columns, lanes, body);
}

/// Σ over groups of `width` neighbouring lanes, a power of two; every lane of a group gets the result. `lanes` is the
/// mask of the calling lanes, whole groups.
template <class T>
__device__ __forceinline__ T sum_of_lanes(T x, int width = warp, unsigned lanes = every_lane) {
  for (int apart = width / 2; apart > 0; apart /= 2)
    x += __shfl_xor_sync(lanes, x, apart);
  return x;
}

template <class T>
__device__ __forceinline__ T largest_of_lanes(T x, int width = warp, unsigned lanes = every_lane) {
  for (int apart = width / 2; apart > 0; apart /= 2) {
    const T other = __shfl_xor_sync(lanes, x, apart);
    x = other > x ? other : x;
  }
  return x;
}

}  // namespace mercer::cuda
