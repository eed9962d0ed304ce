#pragma once
// Kernels that nvcc can compile, too.

#include <cuda_runtime.h>

#ifndef MERCER_SHARED
#define MERCER_SHARED(T, name)                                  \
  extern __shared__ __align__(16) unsigned char name##_bytes[]; \
  T* name = reinterpret_cast<T*>(name##_bytes)
#endif

/// y = a x + y; [n]
__global__ void saxpy(int n, float a, const float* x, float* y);
/// sums[b] = sum of block b's elements of x; blockDim.x floats of shared memory, a power of two
__global__ void sum_blocks(int n, const float* x, float* sums);
/// out[i] = x[0] + … + x[i] within each warp
__global__ void scan_warps(const int* x, int* out);
