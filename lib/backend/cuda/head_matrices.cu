#include "backend/cuda/head_product.cuh"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {
namespace {

constexpr int side = 32;  // rows and columns of a tile

/// y = xᵀ by tiles, so that reads and writes both go along rows; x [rows, columns] of head blockIdx.z.
__global__ void __launch_bounds__(threads_of_block) transpose_tile(const Real* x, Index rows, Index columns, Real* y) {
  MERCER_SHARED(Real, tile);  // [side, side + 1]: the extra column avoids bank conflicts
  const Index tiles_of_row = (columns + side - 1) / side, head = blockIdx.y * rows * columns;
  const Index i0 = blockIdx.x / tiles_of_row * side, c0 = blockIdx.x % tiles_of_row * side;
  const int lane = static_cast<int>(threadIdx.x) % side, first = static_cast<int>(threadIdx.x) / side;
  constexpr int step = threads_of_block / side;
  for (int r = first; r < side; r += step)
    if (i0 + r < rows && c0 + lane < columns) tile[r * (side + 1) + lane] = x[head + (i0 + r) * columns + c0 + lane];
  __syncthreads();
  for (int r = first; r < side; r += step)
    if (c0 + r < columns && i0 + lane < rows) y[head + (c0 + r) * rows + i0 + lane] = tile[lane * (side + 1) + r];
}

/// The layout of complex numbers in turn_back: M real parts, then M imaginary parts, for each head.
struct Halves {
  int M;

  /// The column of the real part of number n of a row.
  MERCER_HD Index real(Index n) const { return n + static_cast<int>(n) / M * M; }
};

/// y = a ∘ x̄
MERCER_HD inline void put_turned_back(Real a_real, Real a_imaginary, Real x_real, Real x_imaginary, Real* y,
                                      Index to_imaginary) {
  y[0] = a_real * x_real + a_imaginary * x_imaginary;
  y[to_imaginary] = a_imaginary * x_real - a_real * x_imaginary;
}

}  // namespace

void head_matmul(ConstView x, ConstView w, Index heads, View u) { head_times("head_matmul", x, w, heads, u); }

void head_matmul_backward(ConstView x, ConstView w, Index heads, ConstView du, View dx, View dw) {
  head_times_backward_x("head_matmul_backward", du, w, heads, false, dx);
  head_times_backward_w("head_matmul_backward", x, du, heads, false, dw);
}

void transpose_heads(ConstView x, Index heads, View y) {
  if (x.size() == 0) return;
  const Index rows = x.rows / heads, tiles = ((rows + side - 1) / side) * ((x.columns + side - 1) / side);
  launch("transpose_heads", {{tiles, heads}, threads_of_block, side * (side + 1) * sizeof(Real)}, transpose_tile,
         x.data, rows, x.columns, y.data);
}

void turn_back(ConstView x, ConstView a, Index heads, View y) {
  const Halves halves{static_cast<int>(x.columns / (2 * heads))};
  for_each_entry("turn_back", x.rows, x.columns / 2, [=] MERCER_HD(Index i, Index n) {
    const Index at = halves.real(n);
    const Real *of_a = a.data + at, *of_x = x.row(i) + at;
    put_turned_back(of_a[0], of_a[halves.M], of_x[0], of_x[halves.M], y.row(i) + at, halves.M);
  });
}

void turn_back_backward(ConstView x, ConstView a, Index heads, ConstView dy, View dx, View da) {
  turn_back(dy, a, heads, dx);  // dx = a ∘ d̄y
  // da = Σ_i dy_i ∘ x_i
  const int M = static_cast<int>(x.columns / (2 * heads));
  sum_over_rows<Real>(
      "turn_back_backward", x.rows, x.columns,
      [=] MERCER_HD(Index i, Index c) {
        const bool real = static_cast<int>(c) / M % 2 == 0;
        const Index other = real ? c + M : c - M;
        return real ? x(i, c) * dy(i, c) - x(i, other) * dy(i, other) : x(i, c) * dy(i, other) + x(i, other) * dy(i, c);
      },
      da.data);
}

}  // namespace mercer::cuda
