#pragma once

#include "backend/cuda/columns.cuh"
#include "backend/row_blocks.hpp"

/// Products of tiles in shared memory and registers. A block of threads has one tile of scores; each thread has rows
/// 8 y … 8 y + 7 of it and columns x, x + 16, x + 32, x + 48.
namespace mercer::cuda::tiles {

constexpr int side = 64;  // rows and columns of a tile
constexpr int threads = 128, row_threads = 8, column_threads = 16;
constexpr int own_rows = side / row_threads, own_columns = side / column_threads;

struct Place {
  int x, y;
  __device__ Place()
      : x(static_cast<int>(threadIdx.x) % column_threads), y(static_cast<int>(threadIdx.x) / column_threads) {}
  __device__ int row(int r) const { return own_rows * y + r; }
  __device__ int column(int c) const { return x + column_threads * c; }
  /// Neighbouring columns, of a tile of values.
  __device__ int value_column(int c) const { return own_columns * x + c; }
  /// Does the warp have rows below `rows`? Its lanes agree.
  __device__ bool works(int rows) const { return y / 2 * 2 * own_rows < rows; }
};

/// A thread's part of a tile.
struct Part {
  Real x[own_rows][own_columns] = {};
};

/// The place of element (k, r) of a matrix [·, 64] in shared memory. Groups of four rows are swapped by k, so that
/// lanes with the same r and different k meet in few banks.
__device__ __forceinline__ int swapped(int k, int r) { return k * side + (r ^ (((k ^ (k >> 2)) & 7) << 2)); }

/// Rows first … first + rows − 1 of a head, the columns `column` … of x, as to(c, r); zeros beyond the rows.
__device__ inline void take_transposed(const Gathered& x, Storage storage, Index first, int rows, int column, int width,
                                       Real* to) {
  const int packs = width / 4;
  if (packs * 4 == width && x.columns % 4 == 0 && column % 4 == 0) {
    for (int n = static_cast<int>(threadIdx.x); n < side * packs; n += threads) {
      const int r = n / packs, c = n % packs * 4;
      Pack<4> four{};
      if (r < rows) four = load<4>(x, x.at(first + r) + column + c);
#pragma unroll
      for (int k = 0; k < 4; ++k)
        to[swapped(c + k, r)] = stored(storage, four.x[k]);
    }
    return;
  }
  for (int n = static_cast<int>(threadIdx.x); n < side * width; n += threads) {
    const int r = n / width, c = n % width;
    to[swapped(c, r)] = r < rows ? stored(storage, x.value(x.at(first + r) + column + c)) : Real(0);
  }
}

/// The same as to[64 r + c], or to(r, c) if asked, up to 64 columns; zeros beyond the rows and columns.
template <bool as_swapped = false>
__device__ inline void take_rows(const Gathered& x, Storage storage, Index first, int rows, int column, int width,
                                 Real* to) {
  const bool fours = width % 4 == 0 && x.columns % 4 == 0 && column % 4 == 0;
  for (int n = static_cast<int>(threadIdx.x); n < side * side / 4; n += threads) {
    const int r = n / (side / 4), c = n % (side / 4) * 4;
    Pack<4> four{};
    if (fours && r < rows && c < width) four = load<4>(x, x.at(first + r) + column + c);
#pragma unroll
    for (int k = 0; k < 4; ++k) {
      if (!fours && r < rows && c + k < width) four.x[k] = x.value(x.at(first + r) + column + c + k);
      to[as_swapped ? swapped(r, c + k) : r * side + c + k] = stored(storage, four.x[k]);
    }
  }
}

/// Eight neighbouring rows of (k, ·).
__device__ __forceinline__ void load_rows(const Real* x, int k, int y, Real (&to)[own_rows]) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const Pack<4> four = again<4>(x + swapped(k, own_rows * y + 4 * half));
#pragma unroll
    for (int n = 0; n < 4; ++n)
      to[4 * half + n] = four.x[n];
  }
}

/// t_rc = Σ_k term(near(k, r), far(k, c))
template <class P>
__device__ __forceinline__ void pair(const P& pairing, const Real* near, const Real* far, int depth, const Place& at,
                                     Part& t) {
#pragma unroll 2
  for (int k = 0; k < depth; ++k) {
    Real a[own_rows], b[own_columns];
    load_rows(near, k, at.y, a);
#pragma unroll
    for (int c = 0; c < own_columns; ++c)
      b[c] = far[swapped(k, at.column(c))];
#pragma unroll
    for (int r = 0; r < own_rows; ++r)
#pragma unroll
      for (int c = 0; c < own_columns; ++c)
        t.x[r][c] += pairing.term(a[r], b[c], a[r]);
  }
}

/// Puts a tile of weights into shared memory, as to(column, row).
__device__ __forceinline__ void put_weights(const Part& weight, const Place& at, Real* to) {
#pragma unroll
  for (int c = 0; c < own_columns; ++c)
#pragma unroll
    for (int half = 0; half < 2; ++half)
      *reinterpret_cast<float4*>(to + swapped(at.column(c), at.row(4 * half))) = make_float4(
          weight.x[4 * half][c], weight.x[4 * half + 1][c], weight.x[4 * half + 2][c], weight.x[4 * half + 3][c]);
}

/// sum_rc += Σ_j weight(j, r) slope(near_rc, values_jc) over `count` rows of values; columns are value columns.
template <class P>
__device__ __forceinline__ void add_weighted(const P& pairing, const Real* weight, const Real* values, int count,
                                             const Place& at, const Part& near, Part& sum) {
#pragma unroll 2
  for (int j = 0; j < count; ++j) {
    Real w[own_rows];
    load_rows(weight, j, at.y, w);
    const Pack<4> value = again<4>(values + j * side + own_columns * at.x);
#pragma unroll
    for (int r = 0; r < own_rows; ++r)
#pragma unroll
      for (int c = 0; c < own_columns; ++c)
        sum.x[r][c] += w[r] * pairing.slope(near.x[r][c], value.x[c], value.x[c]);
  }
}

/// Row r of the thread of a tile of results, into columns first … first + 63 of a head that ends at `end`.
__device__ __forceinline__ void store_row(const Real (&x)[own_columns], const Place& at, int first, int end, Real* to) {
  const int column = first + at.value_column(0);
  if (end % 4 == 0) {
    if (column < end) *reinterpret_cast<float4*>(to + column) = make_float4(x[0], x[1], x[2], x[3]);
    return;
  }
#pragma unroll
  for (int c = 0; c < own_columns; ++c)
    if (column + c < end) to[column + c] = x[c];
}

/// The columns of each row, relative to the first of the block; in shared memory, from the first __syncthreads() on.
struct Runs {
  int2* run;  // [64]  begin and end

  __device__ Runs(const EdgeRows& edges, const RowBlock& block, void* memory) : run(static_cast<int2*>(memory)) {
    for (int r = static_cast<int>(threadIdx.x); r < side; r += threads) {
      int begin = 0, end = 0;
      if (r < block.rows()) {
        const Index row = block.first + r;
        begin = static_cast<int>(__ldg(edges.run + row) - block.begin);
        end = begin + static_cast<int>(__ldg(edges.offset + row + 1) - __ldg(edges.offset + row));
      }
      run[r] = make_int2(begin, end);
    }
  }
  __device__ bool has(int row, int column) const { return run[row].x <= column && column < run[row].y; }
};

}  // namespace mercer::cuda::tiles
