#pragma once

#include <numbers>

#include "backend/cuda/draws.cuh"
#include "backend/cuda/edge_pass.cuh"

/// What a warp does with one chunk of edges: lays it on its desk, compares the ends, and sums rows of values.
namespace mercer::cuda {

/// Bit h: does the dropout keep head h of the group?
__device__ __forceinline__ unsigned draw_kept(const EdgePass& pass, const Work& work, Node far) {
  const Node near = pass.list.number_of_near(work.row);
  far = pass.list.number_of_far(far);
  Stream stream = at_its_step(pass.dropout.stream);
  stream.call += static_cast<std::uint32_t>(work.head / 8) << 24;
  const Philox::Counter words = stream.draw(static_cast<std::uint32_t>(pass.over_rows ? near : far),
                                            static_cast<std::uint32_t>(pass.over_rows ? far : near));
  return pass.dropout.kept_of_eight(words) >> (work.head % 8);
}

/// The column of edge slot e of a row: it is listed, or stands in the row's run.
__device__ __forceinline__ Node column_at(const EdgeRows& edges, Index row, Edge e) {
  if (edges.neighbour != nullptr) return __ldg(edges.neighbour + e);
  return static_cast<Node>(__ldg(edges.run + row) + (e - __ldg(edges.offset + row)));
}

/// Lays up to `most` edges from place `from` on on the desk, those to dead ends left out; gives how many there are.
__device__ __forceinline__ int take_chunk(const EdgePass& pass, const Work& work, Edge from, int most, Desk& desk) {
  __syncwarp();  // nobody reads the last chunk any more
  const bool there = work.lane < most && from + work.lane < work.last;
  const Node far = there ? column_at(pass.list.edges, work.row, from + work.lane) : 0;
  const bool live = there && (pass.alive == nullptr || __ldg(pass.alive + far) != 0);
  const unsigned lives = __ballot_sync(every_lane, live);
  if (live) {
    const int at = __popc(lives & ((1u << work.lane) - 1));
    desk.node[at] = far;
    desk.place[at] = static_cast<int>(from - work.first) + work.lane;
    if (pass.dropout.active()) desk.kept[at] = draw_kept(pass, work, far);
  }
  __syncwarp();
  return __popc(lives);
}

__device__ __forceinline__ Real kept_share(const EdgePass& pass, const Desk& desk, int e, int h) {
  if (!pass.dropout.active()) return 1;
  return (desk.kept[e] >> h & 1u) != 0 ? pass.dropout.scale() : Real(0);
}

/// t_eh = Σ_c pairing.term(near_hc, far_hc, a_hc), as many lanes to an edge and head as its width keeps busy.
template <int count, class P>
__device__ __forceinline__ void pair_packs(const EdgePass& pass, const P& pairing, const Work& work, int edges,
                                           const Desk& desk, const Real* near, const Gathered& far, int d, Real* t) {
  const int lanes = lanes_for((d + count - 1) / count), mine = work.lane & (lanes - 1);
  const int pairs = edges << pass.group_bits, step = warp / lanes;
  for (int first = 0; first < pairs; first += step) {
    const int pair = first + work.lane / lanes, e = pair >> pass.group_bits, h = pair & (pass.group() - 1);
    const bool live = pair < pairs && h < work.heads;
    Real sum = 0;
    if (live) {
      const Index theirs = far.at(desk.node[e]) + static_cast<Index>(work.head + h) * d;
      for (int c = count * mine; c < d; c += count * lanes) {
        const Pack<count> y = load<count>(far, theirs + c);
#pragma unroll
        for (int n = 0; n < count; ++n) {
          const Real x = near[h * d + c + n];
          sum += pairing.term(x, y.x[n], pairing_is_weighted<P> ? desk.weight[h * d + c + n] : x);
        }
      }
    }
    sum = sum_of_lanes(sum, lanes);
    if (live && mine == 0) t[h * head_stride + e] = sum;
  }
}

/// The same by fours where the width allows, which `fours` knows before it is asked.
template <bool fours = false, class P>
__device__ __forceinline__ void pair(const EdgePass& pass, const P& pairing, const Work& work, int edges,
                                     const Desk& desk, const Real* near, const Gathered& far, int d, Real* t) {
  if (fours || d % 4 == 0)
    pair_packs<4>(pass, pairing, work, edges, desk, near, far, d, t);
  else
    pair_packs<1>(pass, pairing, work, edges, desk, near, far, d, t);
}

/// body(e, h) for every edge and head of a chunk, in some lane.
template <class Body>
__device__ __forceinline__ void each_pair(const EdgePass& pass, const Work& work, int edges, Body&& body) {
  for (int pair = work.lane; pair < edges << pass.group_bits; pair += warp) {
    const int e = pair >> pass.group_bits, h = pair & (pass.group() - 1);
    if (h < work.heads) body(e, h);
  }
}

/// What multiplies κ, as a logarithm.
__device__ __forceinline__ Real log_magnitude(const EdgePass& pass, const Work& work, const Desk& desk, int e, int h) {
  const Node source = pass.over_rows ? desk.node[e] : static_cast<Node>(work.row);
  const int head = work.head + h;
  Real m = 0;
  if (pass.key_bias.data != nullptr) m += __ldg(&pass.key_bias(source, head));
  if (pass.column_shift.data != nullptr) m -= __ldg(&pass.column_shift(source, 0));
  if (pass.edge_bias.data == nullptr && pass.edge_weight.data == nullptr) return m;
  const Edge slot = pass.list.slot(work.first + desk.place[e]);
  if (pass.edge_bias.data != nullptr) m += __ldg(&pass.edge_bias(slot, pass.edge_bias.columns == 1 ? 0 : head));
  if (pass.edge_weight.data != nullptr) m += std::log(__ldg(&pass.edge_weight(slot, 0)));
  return m;
}

/// A row of the far end as kernels of whole rows read it.
struct FarRow {
  const Gathered& x;
  Index at;

  MERCER_HD Real operator[](Index c) const { return x.brain == nullptr ? x.real[at + c] : x.brain[at + c].value(); }
};

/// κ, or its logarithm, and what it is made of in planes of t.
template <RowKernel K>
__device__ __forceinline__ Real compare_rows(const K& kappa, const Real* near, const FarRow& far, Real* t, int plane) {
  return value_of_rows(kappa, near, far, t, plane);
}

/// The same of the mixture, whose phases need no reduction by π.
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

/// t = what κ is made of; take(e, h, f, kernel) with f = ln κ of a positive kernel, κ of a signed one. The kernel is
/// one of `Only`; fours as for pair.
template <bool fours, class Only, class Kernels, class Take>
__device__ __forceinline__ void score(const KernelPass<Kernels>& pass, const Work& work, int edges, Desk& desk,
                                      Take&& take) {
  pass.pairing.template visit<PairingsOf<Only>>([&](const auto& by) {
    using P = std::remove_cvref_t<decltype(by)>;
    if constexpr (RowKernel<P>) {
      each_pair(pass, work, edges, [&](int e, int h) {
        const Index far = pass.far.at(desk.node[e]) + static_cast<Index>(work.head + h) * pass.d;
        desk.s[h * head_stride + e] = compare_rows(by, desk.near + h * pass.d, FarRow{pass.far, far},
                                                   desk.t + h * head_stride + e, pass.group() * head_stride);
      });
    } else if constexpr (!pairing_compares<P>) {
      each_pair(pass, work, edges, [&](int e, int h) { desk.t[h * head_stride + e] = 0; });
    } else {
      pair<fours>(pass, by, work, edges, desk, desk.near, pass.far, pass.d, desk.t);
    }
  });
  __syncwarp();
  pass.kernel.template visit<Only>([&](const auto& kappa) {
    each_pair(pass, work, edges, [&](int e, int h) {
      const int at = h * head_stride + e;
      if constexpr (RowKernel<std::remove_cvref_t<decltype(kappa)>>)
        take(e, h, desk.s[at], kappa);
      else
        take(e, h, value_of(kappa, desk.t[at]), kappa);
    });
  });
}

/// sum += Σ_e weight_eh x_e over a chunk, x [·, heads*width], which was loaded before or was not; and the same of a
/// second weight where there are sums for it.
template <int count, bool loaded = false, bool two = false>
__device__ __forceinline__ void add_weighted(const Work& work, int edges, const Desk& desk, const Real* weight,
                                             const Gathered& x, int width, const Columns<count>& at, Sums<count>& sums,
                                             const Real* other_weight = nullptr, Sums<count>* others = nullptr) {
  const Index first = static_cast<Index>(work.head) * width;
  for (int e = at.side; e < edges; e += at.sides) {
    const Index from = x.at(desk.node[e]) + first;
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
