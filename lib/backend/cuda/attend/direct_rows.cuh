#pragma once

#include "backend/cuda/attend/attend_results.cuh"
#include "backend/cuda/attend/direct_pass.cuh"

/// The forward pass in registers.
namespace mercer::cuda {

/// What a forward pass does besides y: nothing, save slopes, or read v where it reads k.
enum class Also { nothing, slopes, one_tensor };

/// The running sums of a row and head in a lane: softmax rescales them when the largest logarithm grows.
template <class Shape, bool sloped>
struct RowSums {
  Real largest, total = 0, slope_total = 0;  // Σ w_ij, Σ w_ij s'_ij
  Slice<Shape> value, slope;                 // Σ w_ij v_j, Σ w_ij s'_ij v_j

  __device__ explicit RowSums(bool softmax) : largest(softmax ? nothing_yet : Real(0)) {}

  __device__ __forceinline__ void rescale(Real factor) {
    total = rounded_product(total, factor), value.scale(factor);
    if constexpr (sloped) slope_total = rounded_product(slope_total, factor), slope.scale(factor);
  }
  /// Raises the largest logarithm; gives what is to be subtracted from logarithms.
  __device__ __forceinline__ Real raise(Real to) {
    const Real base = to == nothing_yet ? Real(0) : to;
    rescale(std::exp(largest - base));
    largest = to;
    return base;
  }
  /// Adds the sums of the lane `apart` lanes away, which has other edges of the same row and head.
  __device__ __forceinline__ void merge(bool softmax, int apart) {
    if (softmax) {
      const Real other = __shfl_xor_sync(every_lane, largest, apart);
      raise(other > largest ? other : largest);
    }
    total += __shfl_xor_sync(every_lane, total, apart), value.add_lane(apart);
    if constexpr (sloped) slope_total += __shfl_xor_sync(every_lane, slope_total, apart), slope.add_lane(apart);
  }
};

/// f(t), and f′(t) where slopes are saved.
template <bool sloped, class Pass>
__device__ __forceinline__ void values_of(const Pass& pass, const Real (&t)[edges_at_once], Real (&f)[edges_at_once],
                                          Real (&slope)[edges_at_once]) {
  pass.kernel.template visit<typename Pass::Kernels>([&](const auto& kappa) {
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      f[u] = value_of(kappa, t[u]);
      if constexpr (sloped) slope[u] = slope_of(kappa, t[u]);
    }
  });
}

/// y and the saved values from the sums of a whole row, or the shares of a chunk.
template <class Shape, bool sloped, class Pass>
__device__ __forceinline__ void finish_row(const Pass& pass, const LaneWork& work, const Finish& finish,
                                           const Shares& shares, RowSums<Shape, sloped>& sums) {
  if (work.of_chunk(pass)) {
    store_number(pass, work, shares.largest, sums.largest);
    store_number(pass, work, shares.total, sums.total);
    store_slice(pass, work, shares.sum, pass.e, sums.value);
    if constexpr (sloped) {
      store_number(pass, work, shares.slope_total, sums.slope_total);
      store_slice(pass, work, shares.slope_sum, pass.e, sums.slope);
    }
    return;
  }
  const Real factor = finish.factor(pass, work.row, sums.total);
  if (work.stores_number(pass)) finish.keep(pass, work.row, work.head, sums.largest, sums.total, factor);
  sums.value.scale(factor);
  store_slice(pass, work, finish.y, pass.e, sums.value);
  if constexpr (sloped) {  // ∂y_i/∂q_i = Σ_j α̃_ij s'_ij v_j − (Σ_j α_ij s'_ij) y_i, α̃ after dropout
    const Real mean = Finish::mean_slope(pass, factor, sums.slope_total);
#pragma unroll
    for (int n = 0; n < Shape::count; ++n)
      sums.slope.x[n] = factor * sums.slope.x[n] - mean * sums.value.x[n];
    store_slice(pass, work, finish.kept.slope, pass.e, sums.slope);
  }
}

template <Also also, class Pass>
__global__ void __launch_bounds__(128, Pass::Shape::blocks(Pass::bare ? 8 : 7))
    attend_rows_directly(Pass pass, Finish finish, Shares shares) {
  using Shape = typename Pass::Shape;
  constexpr bool sloped = also == Also::slopes;
  LaneWork work;
  if (!work.find(pass)) return;
  Slice<Shape> near, weight;
  if constexpr (Pass::reads_rows) near = load_own(pass, work, pass.near, pass.d, pass.storage);
  if constexpr (Pass::is_weighted) weight = load_slice<false>(pass, work, pass.weight, 0, pass.d, work.there());
  const Real half = load_half(pass, work, pass.near);
  const bool softmax = pass.row_sum && !pass.is_signed;
  RowSums<Shape, sloped> sums(softmax);
  LaneDraws draws;
  LaneEdges next;
  next.read(pass, work, 0);
  for (int from = 0; from < work.edges; from += edges_at_once * work.sides(pass)) {
    draws.draw(pass, work, from);
    const LaneEdges edges = next;
    // 1. all loads, and the far ends of the next edges
    Slice<Shape> k[edges_at_once], values[edges_at_once];
    Real t[edges_at_once] = {};
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if constexpr (Pass::reads_rows)
        k[u] = load_slice<Shape::brain>(pass, work, pass.far, edges.far[u], pass.d, edges.live(u));
      if constexpr (Pass::is_half)
        t[u] = half + (edges.live(u) ? number_at(pass, work, pass.far.real, edges.far[u]) : Real(0));
      if constexpr (also != Also::one_tensor)
        values[u] = load_slice<Shape::brain>(pass, work, pass.values, edges.far[u], pass.e, edges.live(u));
    }
    next.read(pass, work, from + edges_at_once * work.sides(pass));
    // 2. s_ij
    if constexpr (Pass::reads_rows) {
      compare(pass, near, weight, k, true, t);
      sum_over_team(pass, t);
    }
    Real s[edges_at_once], slope[edges_at_once];
    values_of<sloped>(pass, t, s, slope);
    Real largest = sums.largest;
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      if (!edges.live(u)) {
        s[u] = softmax ? nothing_yet : Real(0);
        continue;
      }
      const Real m = log_magnitude(pass, work, edges.far[u], edges.at(pass, from, u));
      if (softmax)
        s[u] += m;
      else
        s[u] = pass.is_signed ? s[u] * std::exp(m) : std::exp(s[u] + m - shift_of(pass, work.row));
      largest = s[u] > largest ? s[u] : largest;
    }
    // 3. weights and sums
    const Real base = softmax ? sums.raise(largest) : Real(0);
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      const Real w = !softmax ? s[u] : (s[u] == nothing_yet ? Real(0) : std::exp(s[u] - base));
      const Real kept = w * draws.share(pass, work, edges.at(pass, from, u));
      if (!edges.live(u)) continue;
      sums.total += w;
      const Slice<Shape>& v = also == Also::one_tensor ? k[u] : values[u];
      sums.value.add(kept, v);
      if constexpr (sloped) {
        sums.slope_total = std::fma(w, slope[u], sums.slope_total);
        sums.slope.add(kept * slope[u], v);
      }
    }
  }
  each_side(pass, [&](int apart) { sums.merge(softmax, apart); });
  finish_row(pass, work, finish, shares, sums);
}

template <class Pass>
void attend_directly(const EdgeTerms& terms, const EdgeList& adjacency, const Gathered& k, const Gathered& v,
                     const Finish& finish, const Shares& shares) {
  const auto pass = Pass::of(terms, adjacency, true, k, v);
  auto* kernel = &attend_rows_directly<Also::nothing, Pass>;
  if constexpr (WithSlope<typename Pass::Kernels>::size > 0) {
    if (finish.kept.slope.data != nullptr) kernel = &attend_rows_directly<Also::slopes, Pass>;
  } else if constexpr (Pass::reads_rows && Pass::bare) {
    if (k.real == v.real && k.brain == v.brain && pass.d == pass.e)
      kernel = &attend_rows_directly<Also::one_tensor, Pass>;
  }
  if (adjacency.edges.rows > 0) launch("attend", pass.shape(), kernel, pass, finish, shares);
}

}  // namespace mercer::cuda
