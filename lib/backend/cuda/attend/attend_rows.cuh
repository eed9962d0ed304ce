#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "backend/cuda/attend/attend_results.cuh"
#include "backend/cuda/attend/direct_rows.cuh"
#include "backend/cuda/attend/edge_scores.cuh"
#include "backend/cuda/attend/stored_rows.cuh"
#include "backend/cuda/tiles/forward.cuh"
#include "mercer/tensor/tensor.hpp"

/// The pass over rows of the forward pass.
namespace mercer::cuda {

/// The running softmax of a warp: lane h keeps the largest logarithm and the sums of head h.
struct Running {
  Real largest = nothing_yet, total = 0;
  Real slope_total = 0;  // Σ w_ij s'_ij
};

/// Replaces the logarithms of a chunk by weights. Factors rescale earlier sums. Slopes are multiplied by the weights.
template <bool sloped>
__device__ __forceinline__ void compute_weights(const EdgePass& pass, const Work& work, int edges, WarpMemory& memory,
                                                Running& running) {
  const bool live = work.lane < edges;
  const bool softmax = pass.row_sum && !pass.is_signed;
  for (int h = 0; h < work.heads; ++h) {
    Real& s = memory.s[h * head_stride + work.lane];
    Real w = live ? s : (softmax ? nothing_yet : Real(0));
    if (softmax) {
      const Real before = __shfl_sync(every_lane, running.largest, h);
      const Real top = largest_of_lanes(w), largest = top > before ? top : before;
      w = w == nothing_yet ? Real(0) : std::exp(w - largest);
      if (work.lane == h) {
        const Real factor = before == nothing_yet ? Real(0) : std::exp(before - largest);
        running.total *= factor;
        running.slope_total *= factor;
        running.largest = largest;
        memory.factor[h] = factor;
      }
    }
    const Real total = sum_of_lanes(w);
    if (work.lane == h) running.total += total;
    const Real kept = live ? w * kept_share(pass, memory, work.lane, h) : Real(0);
    if (live) s = kept;
    if constexpr (sloped) {
      Real& slope = memory.p[h * head_stride + work.lane];
      const Real slope_total = sum_of_lanes(live ? w * slope : Real(0));
      if (work.lane == h) running.slope_total += slope_total;
      if (live) slope *= kept;
    }
  }
  __syncwarp();
}

/// Computes s_ij of a chunk, and s'_ij.
template <bool sloped, class Kernels>
__device__ __forceinline__ void compute_logarithms(const KernelPass<Kernels>& pass, const Work& work, int edges,
                                                   WarpMemory& memory) {
  const Real shift = shift_of(pass, work.row);
  const auto take = [&](int e, int h, Real f, const auto& kappa) {
    const Real m = log_magnitude(pass, work, memory, e, h);
    const int at = h * head_stride + e;
    if (pass.is_signed)
      memory.s[at] = f * std::exp(m);
    else
      memory.s[at] = pass.row_sum ? f + m : std::exp(f + m - shift);
    if constexpr (sloped) memory.p[at] = slope_of(kappa, memory.t[at]);
  };
  score<false, std::conditional_t<sloped, WithSlope<Kernels>, Kernels>>(pass, work, edges, memory, take);
  __syncwarp();
}

template <int count>
__device__ __forceinline__ void scale_sums(const Columns<count>& columns, int width, const Real* factor,
                                           Sums<count>& sums) {
  sums.each(columns, [&](int, int column, Real* sum) {
    for (int n = 0; n < count; ++n)
      sum[n] *= factor[column / width];
  });
}

template <int count>
__device__ __forceinline__ void store_sums(const Columns<count>& columns, Real* to, Sums<count>& sums) {
  sums.each(columns, [&](int, int column, Real* sum) { store<count>(to + column, sum); });
}

/// Stores the factor of y_ih in memory.factor and Σ_j α_ij s'_ij in memory.p. The sums of a chunk are not scaled yet.
template <bool sloped>
__device__ __forceinline__ void store_row_results(const EdgePass& pass, const Work& work, bool by_chunks,
                                                  const Finish& finish, const Shares& shares, const Running& running,
                                                  WarpMemory& memory) {
  if (work.lane >= work.heads) return;
  const int head = work.head + work.lane;
  const Real factor = by_chunks ? Real(1) : finish.factor(pass, work.row, running.total);
  memory.factor[work.lane] = factor;
  if constexpr (sloped)
    memory.p[work.lane] = by_chunks ? Real(0) : Finish::mean_slope(pass, factor, running.slope_total);
  if (blockIdx.z != 0) return;
  if (!by_chunks) return finish.keep(pass, work.row, head, running.largest, running.total, factor);
  shares.largest(work.item, head) = running.largest;
  shares.total(work.item, head) = running.total;
  if constexpr (sloped) shares.slope_total(work.item, head) = running.slope_total;
}

template <int count, bool sloped, class Kernels>
__global__ void __launch_bounds__(128, sloped ? 4 : 5)
    attend_rows(KernelPass<Kernels> pass, bool by_chunks, Finish finish, Shares shares) {
  MERCER_SHARED(Real, shared);
  Work work;
  if (!work.find(pass, by_chunks)) return;
  WarpMemory memory(pass, shared);
  copy_own(pass, work, memory);
  const Columns<count> columns(work.lane, work.panel_number, work.heads * pass.e);
  Sums<count> sums, slopes;
  Running running;
  for (Edge from = work.first; from < work.last; from += chunk_capacity) {
    // 1. s_ij
    const int edges = take_chunk(pass, work, from, chunk_capacity, memory);
    compute_logarithms<sloped>(pass, work, edges, memory);
    // 2. weights
    compute_weights<sloped>(pass, work, edges, memory, running);
    // 3. Σ_j w_ij v_j
    if (pass.row_sum && !pass.is_signed) {
      scale_sums(columns, pass.e, memory.factor, sums);
      if constexpr (sloped) scale_sums(columns, pass.e, memory.factor, slopes);
    }
    add_weighted<count, false, sloped>(work, edges, memory, memory.s, pass.values, pass.e, columns, sums, memory.p,
                                       &slopes);
  }
  sums.merge(columns);
  if constexpr (sloped) slopes.merge(columns);
  __syncwarp();
  // 4. the denominator
  store_row_results<sloped>(pass, work, by_chunks, finish, shares, running, memory);
  __syncwarp();
  if (columns.side != 0) return;
  const Index first = static_cast<Index>(work.head) * pass.e;
  scale_sums(columns, pass.e, memory.factor, sums);
  store_sums(columns, (by_chunks ? shares.sum : finish.y).row(work.item) + first, sums);
  if constexpr (sloped) {
    // 5. ∂y_i/∂q_i = Σ_j α̃_ij s'_ij v_j − (Σ_j α_ij s'_ij) y_i, α̃ after dropout
    scale_sums(columns, pass.e, memory.factor, slopes);
    slopes.each(columns, [&](int round, int column, Real* slope) {
      for (int n = 0; n < count; ++n)
        slope[n] -= memory.p[column / pass.e] * sums.sum[round].x[n];
    });
    store_sums(columns, (by_chunks ? shares.slope_sum : finish.kept.slope).row(work.item) + first, slopes);
  }
}

/// The kernel for one width of packs; only kernels with a slope have a sloped one.
template <int count, class Kernels>
auto rows_kernel(bool sloped) {
  if constexpr (WithSlope<Kernels>::size > 0)
    if (sloped) return attend_rows<count, true, Kernels>;
  return attend_rows<count, false, Kernels>;
}

template <class Kernels>
void attend_in_stages(const KernelPass<Kernels>& pass, const Finish& finish, const Shares& shares) {
  const bool sloped = finish.kept.slope.data != nullptr;
  const auto kernel = by_fours(pass.e) ? rows_kernel<4, Kernels>(sloped) : rows_kernel<1, Kernels>(sloped);
  const Index panels = std::max<Index>(1, (static_cast<Index>(pass.group()) * pass.e + panel - 1) / panel);
  if (const Index rows = pass.list.edges.rows; rows > 0)
    launch("attend", shape_of(pass, rows, panels), kernel, pass, false, finish, shares);
  if (pass.list.chunk_count > 0)
    launch("attend", shape_of(pass, pass.list.chunk_count, panels), kernel, pass, true, finish, shares);
}

template <class Kernels>
void attend_over_rows_of(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept,
                         unsigned long long* guarded) {
  tiles::expect_relative<Kernels>(terms, adjacency, v.columns);
  const StoredRows k(terms, terms.k), values(terms, v);
  if (tiles::attend_by_tiles<Kernels>(terms, adjacency, k.gathered(), values.gathered(), {y, kept, guarded})) return;
  const KernelPass<Kernels> pass(terms, adjacency, true, k.gathered(), values.gathered());
  const Index chunks = pass.list.chunk_count, of_slopes = kept.slope.data != nullptr ? chunks : 0;
  Tensor sum(chunks, v.columns, Device::cuda), slope_sum(of_slopes, v.columns, Device::cuda);
  Tensor largest(chunks, terms.heads, Device::cuda), total(chunks, terms.heads, Device::cuda);
  Tensor slope_total(of_slopes, terms.heads, Device::cuda);
  const Finish finish{y, kept, guarded};
  const Shares shares{sum, largest, total, slope_sum, slope_total};
  if (!take_directly<Kernels>(terms, adjacency, v.columns, [&]<class Pass>(const Pass*) {
        attend_directly<Pass>(terms, adjacency, k.gathered(), values.gathered(), finish, shares);
      }))
    attend_in_stages<Kernels>(pass, finish, shares);
  if (chunks == 0) return;
  const MergeChunks merge{pass, finish, shares};
  for_each_team("attend", pass.list.long_row_count * merge.columns(), warp, merge);
}

}  // namespace mercer::cuda
