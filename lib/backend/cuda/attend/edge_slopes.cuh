#pragma once

#include <cmath>

#include "backend/cuda/attend/edge_scores.cuh"

/// The steps of a warp on one chunk of edges in the backward pass.
namespace mercer::cuda {

/// Computes for a chunk α̃ (after dropout) in s, ds_ij = α̃_ij ⟨dy_i, v_j⟩ − α_ij δ_i in p, ∂L/∂t in t. For a signed
/// kernel α = g κ and all of these are linear in κ: dκ is the same expression with g, and s and p are multiplied by κ.
template <bool fours, bool value_fours, class Kernels>
__device__ __forceinline__ void compute_slopes(const KernelPass<Kernels>& pass, const Work& work, int edges,
                                               const TargetRows& rows, WarpMemory& memory) {
  pair<value_fours>(pass, Dot{}, work, edges, memory, memory.own, pass.values, pass.e, memory.p);
  __syncwarp();
  score<fours, Kernels>(pass, work, edges, memory, [&](int e, int h, Real f, const auto& kappa) {
    using K = std::remove_cvref_t<decltype(kappa)>;
    const Index target = pass.over_rows ? work.row : static_cast<Index>(memory.node[e]);
    const int head = work.head + h, at = h * head_stride + e;
    const Real m = log_magnitude(pass, work, memory, e, h), state = __ldg(&rows.state(target, head));
    const Real delta = __ldg(&rows.delta(target, head)), keep = kept_share(pass, memory, e, h);
    const Real a = pass.is_signed ? std::exp(m) * state : std::exp(f + m - state);  // α, or g
    const Real outer = a * (keep * memory.p[at] - delta), inner = pass.is_signed ? f : Real(1);
    memory.s[at] = a * keep * inner;
    memory.p[at] = outer * inner;
    if constexpr (RowKernel<K>) {
      for (int n = 0; n < pass.planes; ++n)
        memory.t[n * pass.group() * head_stride + at] *= outer;
    } else {
      memory.t[at] = outer * slope_of(kappa, memory.t[at]);
    }
  });
  __syncwarp();
}

/// Sets ∂L/∂t and ds to 0 for the edges of a chunk with weight 0, which were scored as if it were 1 (see
/// edge_weight.hpp).
__device__ __forceinline__ void forget_zero_weights(const EdgePass& pass, const Work& work, int edges,
                                                    WarpMemory& memory) {
  each_pair(pass, work, edges, [&](int e, int h) {
    if (__ldg(&pass.edge_weight(pass.list.slot(work.first + memory.place[e]), 0)) > 0) return;
    for (int n = 0; n < pass.planes; ++n)
      memory.t[n * pass.group() * head_stride + h * head_stride + e] = 0;
    memory.p[h * head_stride + e] = 0;
  });
  __syncwarp();
}

/// dt ∂t/∂near of one component: x is the row's own, y the far end's.
template <class P>
__device__ __forceinline__ Real near_slope(const EdgePass& pass, const P& pairing, const WarpMemory& memory, int h,
                                           int c, int e, Real x, Real y) {
  const Real* dt = memory.t + h * head_stride + e;
  if constexpr (!RowKernel<P>) {
    return *dt * pairing.slope(x, y, pairing_is_weighted<P> ? memory.weight[h * pass.d + c] : x);
  } else {
    return pairing.slope(c, x, y, dt, pass.group() * head_stride);
  }
}

/// sum += Σ_e dt_e ∂t_e/∂near, and of a weighted pairing Σ_e dt_e ∂t_e/∂a.
template <int count, bool of_weight, class Kernels>
__device__ __forceinline__ void add_near(const KernelPass<Kernels>& pass, const Work& work, int edges,
                                         const WarpMemory& memory, const Columns<count>& at, Sums<count>& near,
                                         Sums<count>& weight) {
  pass.pairing.template visit<PairingsOf<Kernels>>([&](const auto& pairing) {
    using P = std::remove_cvref_t<decltype(pairing)>;
    if constexpr (pairing_compares<P>) {
      for (int e = at.side; e < edges; e += at.sides) {
        const Index far = pass.far.at(memory.node[e]) + static_cast<Index>(work.head) * pass.d;
        near.each(at, [&](int round, int column, Real* sum) {
          const int h = column / pass.d, c = column - h * pass.d;
          const Pack<count> y = again<count>(pass.far, far + column);
#pragma unroll
          for (int n = 0; n < count; ++n) {
            const Real x = memory.near[column + n];
            sum[n] += near_slope(pass, pairing, memory, h, c + n, e, x, y.x[n]);
            if constexpr (of_weight && pairing_is_weighted<P>)
              weight.sum[round].x[n] += memory.t[h * head_stride + e] * pairing.weight_slope(x, y.x[n]);
          }
        });
      }
    }
  });
}

/// Σ_e mask_eh ds_eh over a chunk, for head h of the group.
__device__ __forceinline__ Real bias_gradient(const EdgePass& pass, int edges, const WarpMemory& memory, int h) {
  Real sum = 0;
  for (int e = 0; e < edges; ++e)
    sum += magnitude_share(pass, memory, e, h) * memory.p[h * head_stride + e];
  return sum;
}

template <int count>
__device__ __forceinline__ void store_results(const Work& work, Sums<count>& sums, const Columns<count>& at, int width,
                                              View to) {
  if (to.data == nullptr) return;
  sums.merge(at);
  if (at.side != 0) return;
  sums.each(at, [&](int, int column, Real* sum) {
    store<count>(to.row(work.item) + static_cast<Index>(work.head) * width + column, sum);
  });
}

}  // namespace mercer::cuda
