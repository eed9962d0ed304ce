#include "backend/cuda/product.cuh"
#include "backend/cuda/sum.cuh"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {
namespace {

constexpr int depth = 16;  // of the inner dimension, in shared memory at a time

/// tile[k, i] = x_(i, k), [depth, Width + 1], 0 outside. Neighbouring threads read neighbouring elements; the extra
/// column avoids bank conflicts.
template <int Width>
__device__ void load_tile(const Real* x, Index step_i, Index step_k, Index left_i, Index left_k, Real* tile) {
  const bool along_k = step_k == 1;
  for (int n = static_cast<int>(threadIdx.x); n < Width * depth; n += threads_of_block) {
    const int i = along_k ? n / depth : n % Width, k = along_k ? n % depth : n / Width;
    tile[k * (Width + 1) + i] = i < left_i && k < left_k ? x[i * step_i + k * step_k] : Real(0);
  }
}

/// One tile [Rows, Columns] of c. Each thread keeps Side x Side values in registers, spaced by the number of threads.
/// Block x is the tile, y the piece of the inner dimension, z the head.
template <int Rows, int Columns, int Side>
__global__ void __launch_bounds__(threads_of_block)
    multiply_tile(ProductSizes n, Index inner_of_piece, Factor a, Factor b, Result c, Index to_next_piece) {
  constexpr int column_threads = Columns / Side, row_threads = Rows / Side;
  static_assert(row_threads * column_threads == threads_of_block);
  MERCER_SHARED(Real, a_tile);  // [depth, Rows + 1], then b's [depth, Columns + 1]
  Real* b_tile = a_tile + depth * (Rows + 1);
  const Index tiles_of_row = (n.columns + Columns - 1) / Columns, head = blockIdx.z;
  const Index i0 = blockIdx.x / tiles_of_row * Rows, c0 = blockIdx.x % tiles_of_row * Columns;
  const Index begin = blockIdx.y * inner_of_piece;
  const Index end = begin + inner_of_piece < n.inner ? begin + inner_of_piece : n.inner;
  const int row = static_cast<int>(threadIdx.x) / column_threads,
            column = static_cast<int>(threadIdx.x) % column_threads;

  Real sum[Side][Side] = {};
  for (Index k0 = begin; k0 < end; k0 += depth) {
    load_tile<Rows>(a.data + head * a.head + i0 * a.row + k0 * a.column, a.row, a.column, n.rows - i0, end - k0,
                    a_tile);
    load_tile<Columns>(b.data + head * b.head + k0 * b.row + c0 * b.column, b.column, b.row, n.columns - c0, end - k0,
                       b_tile);
    __syncthreads();
    for (int k = 0; k < depth; ++k)
      for (int r = 0; r < Side; ++r)
        for (int s = 0; s < Side; ++s)
          sum[r][s] +=
              a_tile[k * (Rows + 1) + row + r * row_threads] * b_tile[k * (Columns + 1) + column + s * column_threads];
    __syncthreads();
  }
  Real* to = c.data + head * c.head + blockIdx.y * to_next_piece;
  for (int r = 0; r < Side; ++r)
    for (int s = 0; s < Side; ++s) {
      const Index i = i0 + row + r * row_threads, j = c0 + column + s * column_threads;
      if (i >= n.rows || j >= n.columns) continue;
      Real& at = to[i * c.row + j];
      at = c.add ? at + sum[r][s] : sum[r][s];
    }
}

/// The pieces of the inner dimension.
struct Cut {
  Index pieces, inner_of_piece;
};

Cut cut_inner(const ProductSizes& n, Index tiles, bool contiguous) {
  constexpr Index enough_blocks = 256, least_inner = 256;
  const Index blocks = tiles * n.heads;
  if (!contiguous || blocks >= enough_blocks || n.inner < 2 * least_inner) return {1, n.inner};
  const Index pieces = std::min(enough_blocks * 2 / blocks, n.inner / least_inner);
  const Index inner = (n.inner + pieces - 1) / pieces, whole = (inner + depth - 1) / depth * depth;
  return {(n.inner + whole - 1) / whole, whole};
}

template <int Rows, int Columns, int Side>
void multiply(const char* op, const ProductSizes& n, const Factor& a, const Factor& b, const Result& c) {
  const Index size = n.heads * n.rows * n.columns;
  const bool contiguous = c.row == n.columns && (n.heads == 1 || c.head == n.rows * n.columns);
  const Index tiles = ((n.rows + Rows - 1) / Rows) * ((n.columns + Columns - 1) / Columns);
  const Cut cut = cut_inner(n, tiles, contiguous);
  const Launch shape{{tiles, cut.pieces, n.heads}, threads_of_block, depth * (Rows + Columns + 2) * sizeof(Real)};
  const auto kernel = multiply_tile<Rows, Columns, Side>;
  if (cut.pieces == 1) return launch(op, shape, kernel, n, cut.inner_of_piece, a, b, c, 0);

  Buffer products(static_cast<std::size_t>(cut.pieces * size) * sizeof(Real), Device::cuda);
  auto* product = static_cast<Real*>(products.data());
  launch(op, shape, kernel, n, cut.inner_of_piece, a, b, Result{product, c.row, c.head}, size);
  const Index pieces = cut.pieces;
  Real* total = c.data;
  sum_over_rows<Real>(
      op, pieces + (c.add ? 1 : 0), size,
      [=] MERCER_HD(Index p, Index at) { return p < pieces ? product[p * size + at] : total[at]; }, total);
}

}  // namespace

void gemm_tiled(const char* op, const ProductSizes& sizes, const Factor& a, const Factor& b, const Result& c) {
  if (sizes.rows == 0 || sizes.columns == 0 || sizes.heads == 0) return;
  constexpr Index narrow = 16;
  if (sizes.rows <= narrow) return multiply<16, 64, 2>(op, sizes, a, b, c);
  if (sizes.columns <= narrow) return multiply<256, 16, 4>(op, sizes, a, b, c);
  multiply<64, 64, 4>(op, sizes, a, b, c);
}

}  // namespace mercer::cuda
