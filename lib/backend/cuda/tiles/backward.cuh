#pragma once

#include "backend/cuda/attend/gradient_results.cuh"
#include "backend/cuda/tiles/tile_pass.cuh"
#include "mercer/tensor/tensor.hpp"

/// The passes of the backward pass by tiles, over rows and over columns.
namespace mercer::cuda::tiles {

/// A pass in the words of near and far. w is what y weighs: of a target it is dy, of a source it is v.
///   ds_rc = α̃_rc ⟨near_w_r, far_w_c⟩ − α_rc delta_target
///   dnear_r = Σ_c ds_rc ∂s_rc/∂near_r,   dvalue_r = Σ_c α̃_rc far_w_c,   dbias_r = Σ_c mask_rc ds_rc
struct BackwardOperands {
  Gathered near_w;
  Storage storage_of_w;
  ConstView state, delta;
  const unsigned char* alive;  // of the targets
};

/// The state and delta of up to 64 targets and one head, in shared memory.
struct Targets {
  float2* of;

  __device__ void take(const BackwardOperands& from, Index first, int count, int head) const {
    for (int n = static_cast<int>(threadIdx.x); n < count; n += threads)
      of[n] = make_float2(__ldg(&from.state(first + n, head)), __ldg(&from.delta(first + n, head)));
  }
};

/// t becomes ∂L/∂t, and p, the products of w, becomes α̃, or ∂L/∂s over rows, which sum nothing by α̃. Adds the bias
/// gradients of the rows.
template <class Pass>
__device__ __forceinline__ void differentiate_tile(const Pass& pass, const Targets& targets, const BlockRows& mine,
                                                   const Place& at, const Runs& runs, int from, bool of_bias,
                                                   Real (&bias)[own_rows], Part& t, Part& p) {
  pass.kernel.template visit<typename Pass::Kernels>([&](const auto& kappa) {
#pragma unroll
    for (int r = 0; r < own_rows; ++r) {
      const Index row = mine.block.first + at.row(r);
#pragma unroll
      for (int c = 0; c < own_columns; ++c) {
        const int column = from + at.column(c);
        if (!runs.has(at.row(r), column)) {
          t.x[r][c] = p.x[r][c] = 0;
          continue;
        }
        const Index far = mine.block.begin + column, target = pass.over_rows ? row : far,
                    source = pass.over_rows ? far : row;
        const Real mask = share_of(pass, pass.magnitude_dropout, row, mine.head, far),
                   keep = share_of(pass, pass.dropout, row, mine.head, far);
        const Real f = value_of(kappa, t.x[r][c]), m = log_factor(pass, target, source, mine.head, mask);
        const auto [state, delta] = targets.of[pass.over_rows ? at.row(r) : at.column(c)];
        const Real a = pass.is_signed ? std::exp(m) * state : std::exp(f + m - state);  // α, or α / κ
        const Real outer = a * (keep * p.x[r][c] - delta), inner = pass.is_signed ? f : Real(1);
        if (of_bias) bias[r] += mask * outer * inner;
        p.x[r][c] = pass.over_rows ? outer * inner : a * keep * inner;
        t.x[r][c] = outer * slope_of(kappa, t.x[r][c]);
      }
    }
  });
}

/// Adds ∂L/∂s of a tile to the block's part of the relative bias's gradient: by diagonals, each summed by one thread.
/// `offset` is that of the first row and column.
__device__ inline void add_relative(const Real* ds, int rows, Index offset, Real* diagonal, const View& to,
                                    Index part) {
  constexpr int diagonals = 2 * side - 1;
  const int mine = static_cast<int>(threadIdx.x), apart = mine - (side - 1);
  if (mine < diagonals) {
    Real sum = 0;
    for (int r = apart > 0 ? apart : 0; r < rows && r - apart < side; ++r)
      sum += ds[swapped(r - apart, r)];
    diagonal[mine] = sum;
  }
  __syncthreads();
  const Index last = to.columns - 1;
  const auto row_of = [&](int n) { return relative_row(to.columns, offset + n - (side - 1), 0); };
  if (mine < diagonals && row_of(mine) > 0 && row_of(mine) < last) to(part, row_of(mine)) += diagonal[mine];
  // the clipped offsets share a row
  if (mine > 1 || (mine == 1 && last == 0)) return;
  Real clipped = 0;
  for (int n = 0; n < diagonals; ++n)
    if (row_of(n) == mine * last) clipped += diagonal[n];
  to(part, mine * last) += clipped;
}

/// The thread's rows of near, in the columns that it sums.
__device__ __forceinline__ Part own_rows_of(const EdgePass& pass, const Real* near, const Place& at, int panel) {
  Part own;
#pragma unroll
  for (int c = 0; c < own_columns; ++c) {
    const int column = panel + at.value_column(c);
    Real rows[own_rows] = {};
    if (column < pass.d) load_rows(near, column, at.y, rows);
#pragma unroll
    for (int r = 0; r < own_rows; ++r)
      own.x[r][c] = rows[r];
  }
  return own;
}

template <bool over_rows, class Pass>
__global__ void __launch_bounds__(threads, 2) differentiate_tiles(Pass pass, BackwardOperands of, Gradients out) {
  MERCER_SHARED(Real, shared);
  const BlockRows mine(pass);
  const Place at;
  const Runs runs(pass.list.edges, mine.block, shared);
  const int of_near = mine.head * pass.d, of_w = mine.head * pass.e;
  const bool of_values = !over_rows && out.value.data != nullptr && mine.panel < pass.e,
             of_pairs = out.near.data != nullptr && mine.panel < pass.d,
             of_relative = over_rows && out.relative.data != nullptr && mine.panel == 0;
  Real *near = shared + 2 * side, *far = near + pass.d * side, *near_w = far + pass.d * side,
       *far_w = near_w + pass.e * side;
  Real *weights = far_w + pass.e * side, *far_rows = weights + side * side, *w_rows = far_rows + side * side;
  Real* diagonal = w_rows + side * side;
  const Targets targets{reinterpret_cast<float2*>(diagonal + 2 * side)};
  const bool alive = !over_rows || BlockRows::any_alive(of.alive, mine.block.first, mine.rows);
  Part none, dnear, dvalue;
  Real bias[own_rows] = {};
  if (alive) {
    take_transposed(pass.near, pass.storage, mine.block.first, mine.rows, of_near, pass.d, near);
    take_transposed(of.near_w, of.storage_of_w, mine.block.first, mine.rows, of_w, pass.e, near_w);
    if (over_rows) targets.take(of, mine.block.first, mine.rows, mine.head);
  }
  const auto columns = alive ? static_cast<int>(mine.block.end - mine.block.begin) : 0;
  for (int from = 0; from < columns; from += side) {
    const int count = columns - from < side ? columns - from : side;
    const Index first = mine.block.begin + from;
    if (!over_rows && !BlockRows::any_alive(of.alive, first, count)) continue;
    __syncthreads();  // all are done with the last tile
    // 1. the far ends
    take_transposed(pass.far, Storage::real, first, count, of_near, pass.d, far);
    take_transposed(pass.values, Storage::real, first, count, of_w, pass.e, far_w);
    if (of_pairs) take_rows(pass.far, Storage::real, first, count, of_near + mine.panel, pass.d - mine.panel, far_rows);
    if (of_values) take_rows(pass.values, Storage::real, first, count, of_w + mine.panel, pass.e - mine.panel, w_rows);
    if (!over_rows) targets.take(of, first, count, mine.head);
    __syncthreads();
    Part t, p;
    if (at.works(mine.rows)) {
      // 2. α̃ and ∂L/∂t
      pair(pass.pairing, near, far, pass.d, at, t);
      pair(Dot{}, near_w, far_w, pass.e, at, p);
      differentiate_tile(pass, targets, mine, at, runs, from, out.bias.data != nullptr, bias, t, p);
      // 3. the sums; a warp reads the weights of its own rows alone
      if (of_values) {
        put_weights(p, at, weights);
        __syncwarp();
        add_weighted(Dot{}, weights, w_rows, count, at, none, dvalue);
        __syncwarp();
      }
      if (of_pairs) {
        put_weights(t, at, weights);
        __syncwarp();
        Part own;
        if constexpr (!std::is_same_v<typename Pass::P, Dot>) own = own_rows_of(pass, near, at, mine.panel);
        add_weighted(pass.pairing, weights, far_rows, count, at, own, dnear);
        __syncwarp();
      }
    }
    if (!of_relative) continue;
    if (at.works(mine.rows)) put_weights(p, at, weights);
    __syncthreads();
    add_relative(weights, mine.rows, mine.block.first - first, diagonal, out.relative,
                 static_cast<Index>(blockIdx.x) * pass.heads + mine.head);
  }
#pragma unroll
  for (int r = 0; r < own_rows; ++r) {
    const Real of_bias = sum_of_lanes(bias[r], column_threads);
    if (at.row(r) >= mine.rows) continue;
    const Index row = mine.block.first + at.row(r);
    if (of_pairs) store_row(dnear.x[r], at, mine.panel, pass.d, out.near.row(row) + of_near);
    if (of_values) store_row(dvalue.x[r], at, mine.panel, pass.e, out.value.row(row) + of_w);
    if (out.bias.data != nullptr && mine.panel == 0 && at.x == 0) out.bias(row, mine.head) = of_bias;
  }
}

template <class Kernels, bool over_rows>
bool differentiate_by_tiles(const EdgeTerms& terms, const EdgeList& list, const BackwardOperands& of, Gathered far,
                            Gathered values, const Gradients& out) {
  if (out.weight.data != nullptr || out.edge.data != nullptr) return false;
  const Index d = terms.q.columns / terms.heads, e = values.columns / terms.heads;
  const std::size_t shared = backward_bytes(d, e);
  return by_tiles<Kernels>(terms, list, shared, [&]<class Pass>(const Pass*) {
    const Pass pass(terms, list, over_rows, far, values);
    if (list.row_block_count > 0)
      launch("attend", shape_of(pass, std::max(d, e), shared), differentiate_tiles<over_rows, Pass>, pass, of, out);
  });
}

/// [blocks * h, 2 L + 1] memory for the parts of a relative bias's gradient, of zeros.
inline Tensor relative_parts(const EdgeTerms& terms, const EdgeList& adjacency, View wanted) {
  if (wanted.data == nullptr) return {};
  return Tensor(adjacency.row_block_count * terms.heads, wanted.rows, Device::cuda);
}

/// The sum of the parts of all blocks, in their order.
inline void add_relative_parts(ConstView parts, View to) {
  if (to.data == nullptr) return;
  for_each("attend", to.size(), [=] __device__(Index n) {
    const Index row = n / to.columns, head = n % to.columns;
    Real sum = 0;
    for (Index part = head; part < parts.rows; part += to.columns)
      sum += parts(part, row);
    to(row, head) = sum;
  });
}

/// dq and the gradient of the query bias, or false where they must go edge by edge.
template <class Kernels>
bool rows_by_tiles(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows, Gathered k, Gathered v,
                   Gradients out, View drelative) {
  const BackwardOperands of{rows.dy, Storage::real, rows.state, rows.delta, rows.alive};
  Tensor parts = relative_parts(terms, adjacency, drelative);
  if (!parts.empty()) out.relative = parts;
  if (!differentiate_by_tiles<Kernels, true>(terms, adjacency, of, k, v, out)) return false;
  add_relative_parts(parts, drelative);
  return true;
}

/// dk, dv and the gradient of the key bias, or false where they must go edge by edge.
template <class Kernels>
bool columns_by_tiles(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows, Gathered q,
                      const Gradients& out) {
  const BackwardOperands of{rows.v, terms.storage, rows.state, rows.delta, rows.alive};
  return differentiate_by_tiles<Kernels, false>(terms, transpose, of, q, rows.dy, out);
}

}  // namespace mercer::cuda::tiles
