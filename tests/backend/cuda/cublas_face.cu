#include "backend/cuda/cublas_face.hpp"

#include <cuda_runtime.h>

namespace {

bool is_away = false;
int products = 0;
cudaStream_t stream_in_use = nullptr;

struct Product {
  int rows, columns, inner;  // of the result, which is stored column by column
  const float *a, *b;
  int lda, ldb, ldc;
  bool transpose_a, transpose_b;
  float* c;
};

__global__ void multiply(Product p) {
  const int n = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (n >= p.rows * p.columns) return;
  const int i = n % p.rows, j = n / p.rows;
  double sum = 0;
  for (int k = 0; k < p.inner; ++k) {
    const float x = p.transpose_a ? p.a[k + i * p.lda] : p.a[i + k * p.lda];
    const float y = p.transpose_b ? p.b[j + k * p.ldb] : p.b[k + j * p.ldb];
    sum += static_cast<double>(x) * static_cast<double>(y);
  }
  p.c[i + j * p.ldc] = static_cast<float>(sum);
}

}  // namespace

namespace mercer::test {

void cublas_goes_away(bool away) { is_away = away; }
int cublas_products() { return products; }

}  // namespace mercer::test

extern "C" {

int cublasCreate_v2(void** handle) {
  static int one;
  *handle = &one;
  return 0;
}

int cublasGetVersion_v2(void*, int* version) {
  *version = 130000;
  return 0;
}

int cublasSetStream_v2(void*, cudaStream_t stream) {
  stream_in_use = stream;
  return 0;
}

int cublasSgemm_v2(void*, int transpose_a, int transpose_b, int m, int n, int k, const float* alpha, const float* a,
                   int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
  if (is_away) return 15;
  if (*alpha != 1 || *beta != 0) return 7;  // not used by the backend
  ++products;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(m * n + 127) / 128);
  config.blockDim = dim3(128);
  config.stream = stream_in_use;
  const Product product{m, n, k, a, b, lda, ldb, ldc, transpose_a != 0, transpose_b != 0, c};
  return cudaLaunchKernelEx(&config, multiply, product) == cudaSuccess ? 0 : 13;
}

}  // extern "C"
