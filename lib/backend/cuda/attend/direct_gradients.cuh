#pragma once

#include "backend/cuda/attend/direct_rows.cuh"
#include "backend/cuda/attend/gradient_results.cuh"

/// The backward pass in registers.
namespace mercer::cuda {

/// α̃ = α · share, ds = α̃ ⟨dy_i, v_j⟩ − α δ_i and dt = ∂L/∂t of an edge; of a signed kernel as in edge_slopes.cuh.
struct EdgeSlope {
  Real alpha, ds, dt;
};

/// The arguments of both gradients in registers.
struct DirectGradients {
  const unsigned char* alive;  // [targets]
  ConstView own;               // dy over rows, v over columns
  ConstView state, delta;      // as in TargetRows
  Real* dt;                    // [edges, h]  written over columns, read over rows, in the order of the rows; or null
  Gradients rows, chunks;
};

/// What is kept of a target's head.
struct KeptPair {
  Real state, delta;
};
template <class Pass>
__device__ __forceinline__ KeptPair kept_of(const Pass& pass, const LaneWork& work, const DirectGradients& out,
                                            Node target) {
  return {number_at(pass, work, out.state.data, target), number_at(pass, work, out.delta.data, target)};
}

/// The slopes of the edges from `from` on; `dp` is ⟨dy_i, v_j⟩. All lanes call it.
template <class Pass>
__device__ __forceinline__ void find_slopes(const Pass& pass, const LaneWork& work, const LaneEdges& edges, int from,
                                            const LaneDraws& draws, const Real (&t)[edges_at_once],
                                            const Real (&dp)[edges_at_once], const KeptPair (&kept)[edges_at_once],
                                            EdgeSlope (&out)[edges_at_once]) {
  Real keep[edges_at_once];
#pragma unroll
  for (int u = 0; u < edges_at_once; ++u)
    keep[u] = draws.share(pass, work, edges.at(pass, from, u));
  pass.kernel.template visit<typename Pass::Kernels>([&](const auto& kappa) {
    constexpr bool is_signed = is_signed_kernel<std::remove_cvref_t<decltype(kappa)>>();
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if (!edges.live(u)) continue;
      const Real f = value_of(kappa, t[u]), m = log_magnitude(pass, work, edges.far[u], edges.at(pass, from, u));
      const Real a = is_signed ? std::exp(m) * kept[u].state : std::exp(rounded_sum(f, m) - kept[u].state);
      const Real outer = a * std::fma(keep[u], dp[u], -kept[u].delta), inner = is_signed ? f : Real(1);
      out[u] = {a * keep[u] * inner, outer * inner, outer * slope_of(kappa, set_apart(t[u]))};
    }
  });
}

/// ⟨own, x⟩ of each edge in a lane, not yet summed over the team.
template <class Shape>
__device__ __forceinline__ void dot(const Slice<Shape>& own, const Slice<Shape> (&x)[edges_at_once],
                                    Real (&sum)[edges_at_once]) {
#pragma unroll
  for (int u = 0; u < edges_at_once; ++u) {
    sum[u] = 0;
#pragma unroll
    for (int n = 0; n < Shape::count; ++n)
      sum[u] = std::fma(own.x[n], x[u].x[n], sum[u]);
  }
}

/// sum += dt ∂t/∂near
template <class Pass, class Shape>
__device__ __forceinline__ void add_slopes(const Pass& pass, const Slice<Shape>& near, const Slice<Shape>& far,
                                           const Slice<Shape>& weight, Real dt, Slice<Shape>& sum) {
#pragma unroll
  for (int n = 0; n < Shape::count; ++n)
    sum.x[n] = std::fma(dt, pass.pairing.slope(near.x[n], far.x[n], weight.x[n]), sum.x[n]);
}

/// sum += dt ∂t/∂a
template <class Pass, class Shape>
__device__ __forceinline__ void add_weight_slopes(const Pass& pass, const Slice<Shape>& near, const Slice<Shape>& far,
                                                  Real dt, Slice<Shape>& sum) {
#pragma unroll
  for (int n = 0; n < Shape::count; ++n)
    sum.x[n] = std::fma(dt, pass.pairing.weight_slope(near.x[n], far.x[n]), sum.x[n]);
}

/// dk, dv and the gradient of the magnitude of a source, from its targets; leaves dt of each edge.
template <class Pass>
__global__ void __launch_bounds__(128, Pass::Shape::blocks(Pass::bare ? 7 : 5))
    differentiate_columns_directly(Pass pass, DirectGradients out) {
  using Shape = typename Pass::Shape;
  LaneWork work;
  if (!work.find(pass)) return;
  Slice<Shape> near, weight, dk, dv;
  if constexpr (Pass::reads_rows) near = load_own(pass, work, pass.near, pass.d, pass.storage);
  if constexpr (Pass::is_weighted) weight = load_slice<false>(pass, work, pass.weight, 0, pass.d, work.there());
  const Slice<Shape> own = load_own(pass, work, out.own, pass.e, pass.storage);
  const Real half = load_half(pass, work, pass.near);
  Real dk_half = 0, dbias = 0;
  LaneDraws draws;
  LaneEdges next;
  next.read(pass, work, 0);
  for (int from = 0; from < work.edges; from += edges_at_once * work.sides(pass)) {
    draws.draw(pass, work, from);
    const LaneEdges edges = next;
    Slice<Shape> q[edges_at_once], dy[edges_at_once];
    Real t[edges_at_once] = {}, dp[edges_at_once];
    KeptPair kept[edges_at_once] = {};
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if constexpr (Pass::reads_rows)
        q[u] = load_slice<Shape::brain>(pass, work, pass.far, edges.far[u], pass.d, edges.live(u));
      if constexpr (Pass::is_half)
        t[u] = half + (edges.live(u) ? number_at(pass, work, pass.far.real, edges.far[u]) : Real(0));
      dy[u] = load_slice<false>(pass, work, pass.values, edges.far[u], pass.e, edges.live(u));
      if (edges.live(u)) kept[u] = kept_of(pass, work, out, edges.far[u]);
    }
    next.read(pass, work, from + edges_at_once * work.sides(pass));
    if constexpr (Pass::reads_rows) {
      compare(pass, near, weight, q, false, t);
      sum_over_team(pass, t);
    }
    dot(own, dy, dp);
    sum_over_team(pass, dp);
    EdgeSlope slopes[edges_at_once] = {};
    find_slopes(pass, work, edges, from, draws, t, dp, kept, slopes);
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if (!edges.live(u)) continue;
      const EdgeSlope& of = slopes[u];
      dv.add(of.alpha, dy[u]);
      dbias += of.ds;
      if constexpr (Pass::is_half) dk_half += of.dt;
      if constexpr (Pass::reads_rows) {
        add_slopes(pass, near, q[u], weight, of.dt, dk);
        if (out.dt != nullptr && work.mine(pass) == 0)
          out.dt[pass.list.slot(work.first + edges.at(pass, from, u)) * pass.heads + work.head] = of.dt;
      }
    }
  }
  each_side(pass, [&](int apart) {
    dv.add_lane(apart);
    dbias += __shfl_xor_sync(every_lane, dbias, apart);
    if constexpr (Pass::is_half) dk_half += __shfl_xor_sync(every_lane, dk_half, apart);
    if constexpr (Pass::reads_rows) dk.add_lane(apart);
  });
  const Gradients& to = work.of_chunk(pass) ? out.chunks : out.rows;
  store_slice(pass, work, to.value, pass.e, dv);
  store_number(pass, work, to.bias, dbias);
  if constexpr (Pass::is_half)
    store_number(pass, work, to.near, dk_half);
  else
    store_slice(pass, work, to.near, pass.d, dk);
}

/// dq of a target, its part of da, and ∂L/∂s of its edges. `given`: dt was left by the pass over columns, so that only
/// k is gathered; otherwise it is found again, to the same bits.
template <bool given, class Pass>
__global__ void __launch_bounds__(128, Pass::Shape::blocks(given ? 8 : 6, Pass::is_weighted))
    differentiate_rows_directly(Pass pass, DirectGradients out) {
  using Shape = typename Pass::Shape;
  LaneWork work;
  if (!work.find(pass)) return;
  Slice<Shape> near, weight, dq, da, own;
  Real dq_half = 0;
  if constexpr (Pass::reads_rows) near = load_own(pass, work, pass.near, pass.d, pass.storage);
  if constexpr (Pass::is_weighted) weight = load_slice<false>(pass, work, pass.weight, 0, pass.d, work.there());
  const Real half = load_half(pass, work, pass.near);
  KeptPair mine{};
  if constexpr (!given) {
    own = load_slice<false>(pass, work, out.own, work.row, pass.e, work.there());
    if (work.there()) mine = kept_of(pass, work, out, work.row);
  }
  const bool alive = __ldg(out.alive + work.row) != 0;
  LaneDraws draws;
  LaneEdges next;
  if (alive) next.read(pass, work, 0);
  for (int from = 0; alive && from < work.edges; from += edges_at_once * work.sides(pass)) {
    if constexpr (!given) draws.draw(pass, work, from);
    const LaneEdges edges = next;
    Slice<Shape> k[edges_at_once];
    Real dt[edges_at_once] = {};
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if constexpr (Pass::reads_rows)
        k[u] = load_slice<Shape::brain>(pass, work, pass.far, edges.far[u], pass.d, edges.live(u));
      if constexpr (given)
        if (edges.live(u)) dt[u] = __ldg(out.dt + (work.first + edges.at(pass, from, u)) * pass.heads + work.head);
    }
    if constexpr (!given) {
      Slice<Shape> v[edges_at_once];
      Real t[edges_at_once] = {}, dp[edges_at_once];
#pragma unroll
      for (int u = 0; u < edges_at_once; ++u) {
        v[u] = load_slice<Shape::brain>(pass, work, pass.values, edges.far[u], pass.e, edges.live(u));
        if constexpr (Pass::is_half)
          t[u] = half + (edges.live(u) ? number_at(pass, work, pass.far.real, edges.far[u]) : Real(0));
      }
      if constexpr (Pass::reads_rows) {
        compare(pass, near, weight, k, true, t);
        sum_over_team(pass, t);
      }
      dot(own, v, dp);
      sum_over_team(pass, dp);
      const KeptPair kept[edges_at_once] = {mine, mine};
      EdgeSlope slopes[edges_at_once] = {};
      find_slopes(pass, work, edges, from, draws, t, dp, kept, slopes);
#pragma unroll
      for (int u = 0; u < edges_at_once; ++u) {
        if (!edges.live(u)) continue;
        dt[u] = slopes[u].dt;
        const Edge place = work.first + edges.at(pass, from, u);
        if (out.rows.edge.data != nullptr && work.mine(pass) == 0) out.rows.edge(place, work.head) = slopes[u].ds;
        if (pass.zero_weight_is_one && !(__ldg(&pass.edge_weight(pass.list.slot(place), 0)) > 0)) dt[u] = 0;
      }
    }
    next.read(pass, work, from + edges_at_once * work.sides(pass));
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if (!edges.live(u)) continue;
      if constexpr (Pass::is_half) dq_half += dt[u];
      if constexpr (Pass::reads_rows) add_slopes(pass, near, k[u], weight, dt[u], dq);
      if constexpr (Pass::is_weighted) add_weight_slopes(pass, near, k[u], dt[u], da);
    }
  }
  each_side(pass, [&](int apart) {
    if constexpr (Pass::is_half) dq_half += __shfl_xor_sync(every_lane, dq_half, apart);
    if constexpr (Pass::reads_rows) dq.add_lane(apart);
    if constexpr (Pass::is_weighted) da.add_lane(apart);
  });
  const Gradients& to = work.of_chunk(pass) ? out.chunks : out.rows;
  if constexpr (Pass::is_half)
    store_number(pass, work, to.near, dq_half);
  else
    store_slice(pass, work, to.near, pass.d, dq);
  if constexpr (Pass::is_weighted) store_slice(pass, work, to.weight, pass.d, da);
}

template <class Pass>
void launch_gradients(const Pass& pass, void (*kernel)(Pass, DirectGradients), DirectGradients out) {
  if (pass.list.edges.rows == 0) return;
  ChunkGradients chunks(pass, out.rows);
  out.chunks = chunks.view(out.rows);
  launch("attend", pass.shape(), kernel, pass, out);
  chunks.add_to(pass, out.rows);
}

/// False for kernels and widths that registers don't take.
template <class Kernels>
bool columns_directly(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows, const Gathered& q,
                      Real* dt, const Gradients& out) {
  return take_directly<Kernels>(terms, transpose, rows.v.columns, [&]<class Pass>(const Pass*) {
    auto pass = Pass::of(terms, transpose, false, q, rows.dy);
    pass.alive = rows.alive;
    launch_gradients(pass, &differentiate_columns_directly<Pass>,
                     {rows.alive, rows.v, rows.state, rows.delta, dt, out, {}});
  });
}
template <class Kernels>
bool rows_directly(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows, const Gathered& k,
                   const Gathered& v, bool zero_weight_is_one, Real* dt, const Gradients& out) {
  return take_directly<Kernels>(terms, adjacency, rows.v.columns, [&]<class Pass>(const Pass*) {
    auto pass = Pass::of(terms, adjacency, true, k, v);
    pass.zero_weight_is_one = zero_weight_is_one;
    auto* kernel = &differentiate_rows_directly<false, Pass>;
    if constexpr (Pass::reads_rows)
      if (dt != nullptr) kernel = &differentiate_rows_directly<true, Pass>;
    launch_gradients(pass, kernel, {rows.alive, rows.dy, rows.state, rows.delta, dt, out, {}});
  });
}

/// Can the pass over columns leave ∂L/∂t of every edge for the pass over rows?
template <class Kernels>
bool leaves_slopes(const EdgeTerms& terms, const EdgeList& transpose, Index value_columns) {
  bool leaves = false;
  take_directly<Kernels>(terms, transpose, value_columns, [&]<class Pass>(const Pass*) { leaves = Pass::reads_rows; });
  return leaves;
}

}  // namespace mercer::cuda
