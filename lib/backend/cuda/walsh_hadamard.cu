#include "backend/cuda/runtime/launch.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {
namespace {

constexpr Index piece = 2048;  // values of one block of threads: part of a row, or several rows

/// Replaces (x_a, x_b) by (x_a + x_b, x_a − x_b), where a and b = a + half are pair n.
MERCER_HD inline void butterfly(Real* x, Index n, Index half) {
  const Index a = n / half * 2 * half + n % half;
  const Real sum = x[a] + x[a + half], difference = x[a] - x[a + half];
  x[a] = sum;
  x[a + half] = difference;
}

/// All butterflies with half < width, a power of two up to the piece.
__global__ void __launch_bounds__(threads_of_block) transform_pieces(const Real* x, Index size, Index width, Real* y) {
  MERCER_SHARED(Real, values);  // [piece]
  const Index pieces = (size + piece - 1) / piece, thread = threadIdx.x;
  for (Index p = blockIdx.x; p < pieces; p += gridDim.x) {
    const Index start = p * piece, count = size - start < piece ? size - start : piece;
    for (Index n = thread; n < count; n += threads_of_block)
      values[n] = x[start + n];
    for (Index half = 1; half < width; half *= 2) {
      __syncthreads();
      for (Index n = thread; n < count / 2; n += threads_of_block)
        butterfly(values, n, half);
    }
    __syncthreads();
    for (Index n = thread; n < count; n += threads_of_block)
      y[start + n] = values[n];
    __syncthreads();
  }
}

}  // namespace

void walsh_hadamard(ConstView x, View y) {
  if (x.size() == 0) return;
  const char* op = "walsh_hadamard";
  launch(op, {{blocks_for(x.size(), piece)}, threads_of_block, piece * sizeof(Real)}, transform_pieces, x.data,
         x.size(), std::min(x.columns, piece), y.data);
  for (Index half = piece; half < x.columns; half *= 2)
    for_each(op, x.size() / 2, [=] MERCER_HD(Index n) { butterfly(y.data, n, half); });
}

}  // namespace mercer::cuda
