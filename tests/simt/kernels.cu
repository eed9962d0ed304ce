#include "kernels.cuh"

__global__ void saxpy(int n, float a, const float* x, float* y) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) y[i] = a * __ldg(x + i) + y[i];
}

__global__ void __launch_bounds__(1024) sum_blocks(int n, const float* x, float* sums) {
  MERCER_SHARED(float, part);  // [blockDim.x]
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  part[threadIdx.x] = i < n ? x[i] : 0.0f;
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = part[0];
}

__global__ void scan_warps(const int* x, int* out) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const int lane = static_cast<int>(threadIdx.x) % warpSize;
  int sum = x[i];
#pragma unroll
  for (int step = 1; step < warpSize; step *= 2) {
    const int below = __shfl_up_sync(0xffffffffu, sum, static_cast<unsigned>(step));
    if (lane >= step) sum += below;
  }
  out[i] = sum;
}
