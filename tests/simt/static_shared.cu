// Must not compile: one static array would serve all blocks.
#include <cuda_runtime.h>

__global__ void keep_in_static_memory(float* out) {
  __shared__ float kept[32];
  out[threadIdx.x] = kept[threadIdx.x];
}
