#pragma once
// The CUDA keywords that the backend uses.

#include "simt/machine/grid.hpp"

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline  // forced inlining would make attention compile for minutes
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
// a static variable would be shared by all blocks and hide races between them
#define __shared__ static_assert(false, "no static __shared__: use MERCER_SHARED(T, name)");
// the block's dynamic shared memory, cudaLaunchConfig_t::dynamicSmemBytes long
#define MERCER_SHARED(T, name) T* name = static_cast<T*>(simt::shared_memory())
