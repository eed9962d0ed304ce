#pragma once
// A grid of blocks, run one block after the other.

#include <cstddef>
#include <cstdint>
#include <string>

#include "simt/device/vector_types.hpp"
#include "simt/machine/order.hpp"

// CUDA's variables, set for the running thread.
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
inline constexpr int warpSize = 32;

namespace simt {

struct Grid {
  std::string kernel;
  dim3 blocks, threads;
  std::size_t shared_bytes = 0;
  void (*body)(const void*) = nullptr;  // calls the kernel with its arguments for one thread
  const void* arguments = nullptr;
};

/// Runs all blocks of the grid in `order`. Throws Fault.
void run(const Grid& grid, Order order, std::uint64_t seed);

/// The block's dynamic shared memory: all bits set before the block starts, so floats read as NaN.
void* shared_memory();
/// Name of the kernel that is running or ran last.
const std::string& running_kernel();

}  // namespace simt
