#pragma once

#include "backend/cuda/attend/gradient_results.cuh"
#include "backend/cuda/tiles/tile_pass.cuh"

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

/// t becomes ∂L/∂t, and p, the products of w, becomes α̃. Adds the bias gradients of the rows.
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
        p.x[r][c] = a * keep * inner;
        t.x[r][c] = outer * slope_of(kappa, t.x[r][c]);
      }
    }
  });
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
             of_pairs = out.near.data != nullptr && mine.panel < pass.d;
  Real *near = shared + 2 * side, *far = near + pass.d * side, *near_w = far + pass.d * side,
       *far_w = near_w + pass.e * side;
  Real *weights = far_w + pass.e * side, *far_rows = weights + side * side, *w_rows = far_rows + side * side;
  const Targets targets{reinterpret_cast<float2*>(w_rows + side * side)};
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
    if (!at.works(mine.rows)) continue;
    // 2. α̃ and ∂L/∂t
    Part t, p;
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
  const std::size_t shared = shared_bytes(2 * (d + e), 3) + side * sizeof(float2);
  return by_tiles<Kernels>(terms, list, shared, [&]<class Pass>(const Pass*) {
    const Pass pass(terms, list, over_rows, far, values);
    if (list.row_block_count > 0)
      launch("attend", shape_of(pass, std::max(d, e), shared), differentiate_tiles<over_rows, Pass>, pass, of, out);
  });
}

/// dq and the gradient of the query bias, or false where they must go edge by edge.
template <class Kernels>
bool rows_by_tiles(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows, Gathered k, Gathered v,
                   const Gradients& out) {
  const BackwardOperands of{rows.dy, Storage::real, rows.state, rows.delta, rows.alive};
  return differentiate_by_tiles<Kernels, true>(terms, adjacency, of, k, v, out);
}

/// dk, dv and the gradient of the key bias, or false where they must go edge by edge.
template <class Kernels>
bool columns_by_tiles(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows, Gathered q,
                      const Gradients& out) {
  const BackwardOperands of{rows.v, terms.storage, rows.state, rows.delta, rows.alive};
  return differentiate_by_tiles<Kernels, false>(terms, transpose, of, q, rows.dy, out);
}

}  // namespace mercer::cuda::tiles
