#pragma once

#include "backend/cuda/tiles/tile_pass.cuh"

/// The forward pass by tiles.
namespace mercer::cuda::tiles {

/// The running sums of the thread's rows: its part of Σ_j w_ij, and y_i = Σ_j w_ij v_j without dropout's zeros.
struct RunningRows {
  Real largest[own_rows], total[own_rows];
  Part y;

  __device__ RunningRows() {
#pragma unroll
    for (int r = 0; r < own_rows; ++r)
      largest[r] = nothing_yet, total[r] = 0;
  }
  /// Raises the largest logarithm of row r to that of the lanes that share it.
  __device__ __forceinline__ void raise(int r, Real to) {
    const Real top = largest_of_lanes(to, column_threads);
    if (!(top > largest[r])) return;
    const Real factor = std::exp(largest[r] - top);
    largest[r] = top;
    total[r] *= factor;
#pragma unroll
    for (Real& each : y.x[r])
      each *= factor;
  }
};

/// t becomes κ or its logarithm.
template <class Pass>
__device__ __forceinline__ void take_values(const Pass& pass, Part& t) {
  pass.kernel.template visit<typename Pass::Kernels>([&](const auto& kappa) {
#pragma unroll
    for (auto& row : t.x)
#pragma unroll
      for (Real& each : row)
        each = value_of(kappa, each);
  });
}

/// s becomes the weights of a tile whose first column is `from` of the block.
__device__ __forceinline__ void weigh(const EdgePass& pass, const BlockRows& mine, const Place& at, const Runs& runs,
                                      int from, RunningRows& running, Part& s) {
  const bool softmax = pass.row_sum && !pass.is_signed;
#pragma unroll
  for (int r = 0; r < own_rows; ++r) {
    const Index row = mine.block.first + at.row(r);
    Real top = nothing_yet;
#pragma unroll
    for (int c = 0; c < own_columns; ++c) {
      const int column = from + at.column(c);
      Real& each = s.x[r][c];
      if (!runs.has(at.row(r), column)) {
        each = softmax ? nothing_yet : Real(0);
        continue;
      }
      const Index far = mine.block.begin + column;
      const Real m = log_factor(pass, row, far, mine.head, share_of(pass, pass.magnitude_dropout, row, mine.head, far));
      if (pass.is_signed)
        each *= std::exp(m);
      else
        each = pass.row_sum ? each + m : std::exp(each + m - shift_of(pass, row));
      top = each > top ? each : top;
    }
    if (softmax) running.raise(r, top);
#pragma unroll
    for (int c = 0; c < own_columns; ++c) {
      const int column = from + at.column(c);
      Real& w = s.x[r][c];
      if (softmax) w = w == nothing_yet ? Real(0) : std::exp(w - running.largest[r]);
      running.total[r] += w;
      if (pass.dropout.active() && runs.has(at.row(r), column))
        w *= share_of(pass, pass.dropout, row, mine.head, mine.block.begin + column);
    }
  }
}

template <class Pass>
__global__ void __launch_bounds__(threads, 3) attend_tiles(Pass pass, Finish finish) {
  MERCER_SHARED(Real, shared);
  const BlockRows mine(pass);
  const Place at;
  const Runs runs(pass.list.edges, mine.block, shared);
  const int of_q = mine.head * pass.d, of_v = mine.head * pass.e + mine.panel;
  Real *near = shared + 2 * side, *far = near + pass.d * side, *values = far + pass.d * side,
       *weights = values + side * side;
  take_transposed(pass.near, pass.storage, mine.block.first, mine.rows, of_q, pass.d, near);
  RunningRows running;
  const auto columns = static_cast<int>(mine.block.end - mine.block.begin);
  for (int from = 0; from < columns; from += side) {
    const int count = columns - from < side ? columns - from : side;
    __syncthreads();  // all are done with the last tile
    // 1. k_j and v_j
    take_transposed(pass.far, Storage::real, mine.block.begin + from, count, of_q, pass.d, far);
    take_rows(pass.values, Storage::real, mine.block.begin + from, count, of_v, pass.e - mine.panel, values);
    __syncthreads();
    // 2. weights
    if (at.works(mine.rows)) {
      Part s;
      if constexpr (pairing_compares<typename Pass::P>) pair(pass.pairing, near, far, pass.d, at, s);
      take_values(pass, s);
      weigh(pass, mine, at, runs, from, running, s);
      put_weights(s, at, weights);
    }
    __syncwarp();  // a warp reads the weights of its own rows alone
    // 3. Σ_j w_ij v_j
    if (at.works(mine.rows)) add_weighted(Dot{}, weights, values, count, at, running.y, running.y);
  }
#pragma unroll
  for (int r = 0; r < own_rows; ++r) {
    const Real total = sum_of_lanes(running.total[r], column_threads);
    if (at.row(r) >= mine.rows) continue;
    const Index row = mine.block.first + at.row(r);
    const Real factor = finish.factor(pass, row, total);
    if (at.x == 0 && mine.panel == 0) finish.keep(pass, row, mine.head, running.largest[r], total, factor);
#pragma unroll
    for (Real& each : running.y.x[r])
      each *= factor;
    store_row(running.y.x[r], at, mine.panel, pass.e, finish.y.row(row) + static_cast<Index>(mine.head) * pass.e);
  }
}

/// Does the forward pass, or returns false where it must go edge by edge.
template <class Kernels>
bool attend_by_tiles(const EdgeTerms& terms, const EdgeList& adjacency, Gathered k, Gathered v, const Finish& finish) {
  if (finish.kept.slope.data != nullptr) return false;
  const std::size_t shared = bytes_of_tiles(2 * (terms.q.columns / terms.heads), 2);
  return by_tiles<Kernels>(terms, adjacency, shared, [&]<class Pass>(const Pass*) {
    const Pass pass(terms, adjacency, true, k, v);
    if (adjacency.row_block_count > 0)
      launch("attend", shape_of(pass, pass.e, shared), attend_tiles<Pass>, pass, finish);
  });
}

}  // namespace mercer::cuda::tiles
