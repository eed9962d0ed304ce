#pragma once

#include <numbers>

#include "backend/cuda/attend/edge_pass.cuh"
#include "backend/cuda/draws.cuh"
#include "backend/edge_weight.hpp"
#include "backend/relative_row.hpp"

/// The steps of a warp on one chunk of edges: read it into shared memory, compute scores, sum rows of values.
namespace mercer::cuda {

/// Bit h: does a dropout keep head first_head + h, h < 8, of the edge between a row and a far end?
__device__ __forceinline__ unsigned draw_kept(const EdgePass& pass, const Dropout& dropout, Index row, int first_head,
                                              Node far) {
  const Node near = pass.list.number_of_near(row);
  far = pass.list.number_of_far(far);
  Stream stream = at_its_step(dropout.stream);
  stream.call += static_cast<std::uint32_t>(first_head / 8) << 24;
  const bool near_first = pass.over_rows != dropout.transposed;
  const Philox::Counter words = stream.draw(static_cast<std::uint32_t>(near_first ? near : far),
                                            static_cast<std::uint32_t>(near_first ? far : near));
  return dropout.kept_of_eight(words) >> (first_head % 8);
}

/// The column of edge slot e of a row, from the list or from the row's run.
__device__ __forceinline__ Node column_at(const EdgeRows& edges, Index row, Edge e) {
  if (edges.neighbour != nullptr) return __ldg(edges.neighbour + e);
  return static_cast<Node>(__ldg(edges.run + row) + (e - __ldg(edges.offset + row)));
}

/// Reads up to `most` edges, beginning at `from`, and leaves out those whose far end is not alive; gives their number.
__device__ __forceinline__ int take_chunk(const EdgePass& pass, const Work& work, Edge from, int most,
                                          WarpMemory& memory) {
  __syncwarp();  // all lanes are done with the last chunk
  const bool there = work.lane < most && from + work.lane < work.last;
  const Node far = there ? column_at(pass.list.edges, work.row, from + work.lane) : 0;
  const bool live = there && (pass.alive == nullptr || __ldg(pass.alive + far) != 0);
  const unsigned lives = __ballot_sync(every_lane, live);
  if (live) {
    const int at = __popc(lives & ((1u << work.lane) - 1));
    memory.node[at] = far;
    memory.place[at] = static_cast<int>(from - work.first) + work.lane;
    if (pass.dropout.active()) memory.kept[at] = draw_kept(pass, pass.dropout, work.row, work.head, far);
    if (pass.magnitude_dropout.active())
      memory.mask[at] = draw_kept(pass, pass.magnitude_dropout, work.row, work.head, far);
  }
  __syncwarp();
  return __popc(lives);
}

__device__ __forceinline__ Real kept_share(const EdgePass& pass, const WarpMemory& memory, int e, int h) {
  if (!pass.dropout.active()) return 1;
  return (memory.kept[e] >> h & 1u) != 0 ? pass.dropout.scale() : Real(0);
}

/// The same for the magnitude.
__device__ __forceinline__ Real magnitude_share(const EdgePass& pass, const WarpMemory& memory, int e, int h) {
  if (!pass.magnitude_dropout.active()) return 1;
  return (memory.mask[e] >> h & 1u) != 0 ? pass.magnitude_dropout.scale() : Real(0);
}

/// t_eh = Σ_c pairing.term(near_hc, far_hc, a_hc). The width decides how many lanes share an edge and head.
template <int count, class P>
__device__ __forceinline__ void pair_packs(const EdgePass& pass, const P& pairing, const Work& work, int edges,
                                           const WarpMemory& memory, const Real* near, const Gathered& far, int d,
                                           Real* t) {
  const int lanes = lanes_for((d + count - 1) / count), mine = work.lane & (lanes - 1);
  const int pairs = edges << pass.group_bits, step = warp / lanes;
  for (int first = 0; first < pairs; first += step) {
    const int pair = first + work.lane / lanes, e = pair >> pass.group_bits, h = pair & (pass.group() - 1);
    const bool live = pair < pairs && h < work.heads;
    Real sum = 0;
    if (live) {
      const Index theirs = far.at(memory.node[e]) + static_cast<Index>(work.head + h) * d;
      for (int c = count * mine; c < d; c += count * lanes) {
        const Pack<count> y = load<count>(far, theirs + c);
#pragma unroll
        for (int n = 0; n < count; ++n) {
          const Real x = near[h * d + c + n];
          sum += pairing.term(x, y.x[n], pairing_is_weighted<P> ? memory.weight[h * d + c + n] : x);
        }
      }
    }
    sum = sum_of_lanes(sum, lanes);
    if (live && mine == 0) t[h * head_stride + e] = sum;
  }
}

/// t_eh in packs of four where the width allows it; `fours` states that at compile time.
template <bool fours = false, class P>
__device__ __forceinline__ void pair(const EdgePass& pass, const P& pairing, const Work& work, int edges,
                                     const WarpMemory& memory, const Real* near, const Gathered& far, int d, Real* t) {
  if (fours || d % 4 == 0)
    pair_packs<4>(pass, pairing, work, edges, memory, near, far, d, t);
  else
    pair_packs<1>(pass, pairing, work, edges, memory, near, far, d, t);
}

/// Calls body(e, h) for every edge and head of a chunk, each in one lane.
template <class Body>
__device__ __forceinline__ void each_pair(const EdgePass& pass, const Work& work, int edges, Body&& body) {
  for (int pair = work.lane; pair < edges << pass.group_bits; pair += warp) {
    const int e = pair >> pass.group_bits, h = pair & (pass.group() - 1);
    if (h < work.heads) body(e, h);
  }
}

__device__ __forceinline__ Real relative_bias_of(const EdgePass& pass, Index target, Index source, int head) {
  if (pass.relative_bias.data == nullptr) return 0;
  return __ldg(&pass.relative_bias(relative_row(pass.relative_bias.rows, target, source), head));
}

/// The logarithm of the factors of κ: m, the biases of the nodes, denominator, edge bias and weight. `place`: of the
/// edge in the list.
__device__ __forceinline__ Real log_magnitude(const EdgePass& pass, Real m, Node source, int head, Edge place) {
  if (pass.column_shift.data != nullptr) m -= __ldg(&pass.column_shift(source, 0));
  if (pass.edge_bias.data == nullptr && pass.edge_weight.data == nullptr) return m;
  const Edge slot = pass.list.slot(place);
  if (pass.edge_bias.data != nullptr) m += __ldg(&pass.edge_bias(slot, pass.edge_bias.columns == 1 ? 0 : head));
  if (pass.edge_weight.data != nullptr)
    m += log_edge_weight(__ldg(&pass.edge_weight(slot, 0)), pass.zero_weight_is_one);
  return m;
}

__device__ __forceinline__ Real key_bias_of(const EdgePass& pass, Node source, int head) {
  return pass.key_bias.data != nullptr ? __ldg(&pass.key_bias(source, head)) : Real(0);
}

/// The same for edge e of a chunk and head h of the group.
__device__ __forceinline__ Real log_magnitude(const EdgePass& pass, const Work& work, const WarpMemory& memory, int e,
                                              int h) {
  const auto row = static_cast<Node>(work.row);
  const Node source = pass.over_rows ? memory.node[e] : row, target = pass.over_rows ? row : memory.node[e];
  const int head = work.head + h;
  Real of_nodes = key_bias_of(pass, source, head);
  if (pass.query_bias.data != nullptr) of_nodes += __ldg(&pass.query_bias(target, head));
  of_nodes *= magnitude_share(pass, memory, e, h);
  of_nodes += relative_bias_of(pass, target, source, head);
  return log_magnitude(pass, of_nodes, source, head, work.first + memory.place[e]);
}

/// A row of the far end, as the argument `far` of a kernel of whole rows.
struct FarRow {
  const Gathered& x;
  Index at;

  MERCER_HD Real operator[](Index c) const { return x.brain == nullptr ? x.real[at + c] : x.brain[at + c].value(); }
};

/// κ or its logarithm; fills the planes of t.
template <RowKernel K>
__device__ __forceinline__ Real compare_rows(const K& kappa, const Real* near, const FarRow& far, Real* t, int plane) {
  return value_of_rows(kappa, near, far, t, plane);
}

/// The spectral mixture, with sincospi, which needs no argument reduction by π.
__device__ __forceinline__ Real compare_rows(const SpectralMixture& kappa, const Real* near, const FarRow& far, Real* t,
                                             int plane) {
  const int rank = static_cast<int>(kappa.rank), components = static_cast<int>(kappa.components);
  Real sum = kappa.shift;
  for (int c = 0; c < components; ++c) {
    Real distance = 0;
    for (int r = c * rank; r < (c + 1) * rank; ++r) {
      const Real apart = near[r] - far[r];
      distance += apart * apart;
    }
    const Index phase = kappa.phase(c), half = kappa.half_weight(c);
    const Real p = std::exp(near[half] + far[half] - distance / 2), angle = near[phase] - far[phase];
    Real sine, cosine;
    sincospif(angle * std::numbers::inv_pi_v<Real>, &sine, &cosine);
    t[c * plane] = p * cosine;
    t[(components + c) * plane] = -p * sine;
    sum += p * cosine;
  }
  return sum;
}

/// Fills t and calls take(e, h, f, kernel) with f = ln κ of a positive kernel, κ of a signed one. The kernel is one of
/// `Only`; `fours` as for pair.
template <bool fours, class Only, class Kernels, class Take>
__device__ __forceinline__ void score(const KernelPass<Kernels>& pass, const Work& work, int edges, WarpMemory& memory,
                                      Take&& take) {
  pass.pairing.template visit<PairingsOf<Only>>([&](const auto& by) {
    using P = std::remove_cvref_t<decltype(by)>;
    if constexpr (RowKernel<P>) {
      each_pair(pass, work, edges, [&](int e, int h) {
        const Index far = pass.far.at(memory.node[e]) + static_cast<Index>(work.head + h) * pass.d;
        memory.s[h * head_stride + e] = compare_rows(by, memory.near + h * pass.d, FarRow{pass.far, far},
                                                     memory.t + h * head_stride + e, pass.group() * head_stride);
      });
    } else if constexpr (!pairing_compares<P>) {
      each_pair(pass, work, edges, [&](int e, int h) { memory.t[h * head_stride + e] = 0; });
    } else {
      pair<fours>(pass, by, work, edges, memory, memory.near, pass.far, pass.d, memory.t);
    }
  });
  __syncwarp();
  pass.kernel.template visit<Only>([&](const auto& kappa) {
    each_pair(pass, work, edges, [&](int e, int h) {
      const int at = h * head_stride + e;
      if constexpr (RowKernel<std::remove_cvref_t<decltype(kappa)>>)
        take(e, h, memory.s[at], kappa);
      else
        take(e, h, value_of(kappa, memory.t[at]), kappa);
    });
  });
}

/// sums += Σ_e weight_eh x_e over a chunk, x [·, heads*width]; with `two`, others += Σ_e other_weight_eh x_e too.
/// `loaded`: was x read before in this chunk?
template <int count, bool loaded = false, bool two = false>
__device__ __forceinline__ void add_weighted(const Work& work, int edges, const WarpMemory& memory, const Real* weight,
                                             const Gathered& x, int width, const Columns<count>& at, Sums<count>& sums,
                                             const Real* other_weight = nullptr, Sums<count>* others = nullptr) {
  const Index first = static_cast<Index>(work.head) * width;
  for (int e = at.side; e < edges; e += at.sides) {
    const Index from = x.at(memory.node[e]) + first;
    sums.each(at, [&](int round, int column, Real* sum) {
      const int of_head = column / width * head_stride + e;
      const Real w = weight[of_head], other = two ? other_weight[of_head] : Real(0);
      const Pack<count> y = loaded ? again<count>(x, from + column) : load<count>(x, from + column);
#pragma unroll
      for (int n = 0; n < count; ++n) {
        sum[n] += w * y.x[n];
        if constexpr (two) others->sum[round].x[n] += other * y.x[n];
      }
    });
  }
}

}  // namespace mercer::cuda
