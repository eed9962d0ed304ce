#pragma once

#include <numbers>
#include <string>

#include "backend/cuda/columns.cuh"
#include "backend/cuda/device_variant.cuh"
#include "backend/cuda/launch.cuh"
#include "backend/edge_ops.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/catalogue.hpp"

/// What every kernel over edges is made of. A warp takes one row, or one chunk of a long row, and up to eight heads.
/// It goes through the row's edges by chunks of up to 32 and keeps in its corner of shared memory, for each edge and
/// head of the chunk, one number at a time: pairing, logarithm, weight. Values stay in registers, four columns of
/// every 128 to a lane.
namespace mercer::cuda {

constexpr int chunk_capacity = warp;  // edges
constexpr int head_stride = 33;       // of numbers of a chunk; odd, so that lanes meet in no bank
constexpr int most_heads = 8;         // of one warp: as many as one draw decides on

/// What ends are compared by: a pairing, or a kernel of whole rows itself.
using AnyPairing =
    std::variant<Nothing, Dot, SquaredDistance, AbsoluteDistance, SharedSize, Sum, WeightedLeakySum, SpectralMixture>;

/// One direction over the edges of EdgeTerms, on the device.
struct EdgePass {
  EdgePass(const EdgeTerms& terms, ConstView values, bool over_rows);

  CsrOnDevice graph;
  const Edge* slots;  // of the edges in listens(), or null when they are that already
  decltype(DeviceVariant(AnyKernel())) kernel;
  decltype(DeviceVariant(AnyPairing())) pairing;
  bool over_rows, is_signed, row_sum, compares, weighted;
  int heads, group_bits, planes;  // a warp takes 2^group_bits heads; κ is made of `planes` numbers
  int d, e;                       // widths of a head of q and k, and of v
  int chunk;                      // edges at a time, ≤ chunk_capacity
  ConstView near, far;            // (q, k) over rows, (k, q) over columns
  ConstView weight, key_bias, edge_bias, edge_weight, row_shift, column_shift;
  Dropout dropout;
  Real guard;
  const unsigned char* alive = nullptr;  // [far ends], or null: all are

  MERCER_HD int group() const { return 1 << group_bits; }
  MERCER_HD Index groups() const { return (heads + group() - 1) >> group_bits; }
  MERCER_HD Edge slot(Edge place) const { return slots != nullptr ? slots[place] : place; }
};

/// A warp's corner of shared memory, in Real: what it holds and where.
struct Desk {
  Node* node;      // [chunk]             the far ends
  int* place;      // [chunk]             of the edge, from the first of the work
  unsigned* kept;  // [chunk]             bit h: is head h kept by the dropout?
  Real* near;      // [group * d]         the row's own q or k
  Real* own;       // [group * e]         on the way back the row's own dy or v
  Real* weight;    // [group * d]         the vector of a weighted pairing
  Real* t;         // [planes, group, 33] what κ is made of, then its gradient
  Real* s;         // [group, 33]         logarithms, then weights
  Real* p;         // [group, 33]         on the way back ⟨dy_i, v_j⟩
  Real* factor;    // [group]

  MERCER_HD static Index size(const EdgePass& pass) {
    const Index group = pass.group();
    const Index rows = group * (pass.d + pass.e + (pass.weighted ? pass.d : 0));
    return 3 * chunk_capacity + rows + 12 + group * (head_stride * (pass.planes + 2) + 1);
  }

  __device__ Desk(const EdgePass& pass, Real* shared) {
    const int group = pass.group();
    Real* at = shared + (threadIdx.x / warp) * ((size(pass) + 3) / 4 * 4);
    const auto take = [&](int count) {
      Real* here = at;
      at += (count + 3) / 4 * 4;  // 16 bytes
      return here;
    };
    node = reinterpret_cast<Node*>(take(chunk_capacity));
    place = reinterpret_cast<int*>(take(chunk_capacity));
    kept = reinterpret_cast<unsigned*>(take(chunk_capacity));
    near = take(group * pass.d);
    own = take(group * pass.e);
    weight = take(pass.weighted ? group * pass.d : 0);
    t = at;
    s = t + pass.planes * group * head_stride;
    p = s + group * head_stride;
    factor = p + group * head_stride;
  }
};

/// Can the kernel be negative?
bool is_signed(const AnyKernel& kernel);

/// How a pass is launched over rows or over chunks of long rows.
inline Launch shape_of(const EdgePass& pass, Index items, Index panels) {
  constexpr std::size_t most_shared = 227 << 10, comfortable = 12 << 10;
  const std::size_t of_warp = static_cast<std::size_t>((Desk::size(pass) + 3) / 4 * 4) * sizeof(Real);
  if (of_warp > most_shared)
    throw DeviceError("[attend] CUDA: heads of width " + std::to_string(pass.d) + " and " + std::to_string(pass.e) +
                      " want " + std::to_string(of_warp) + " bytes of shared memory, there are " +
                      std::to_string(most_shared));
  const int warps = of_warp <= comfortable ? 4 : 1;
  return {
      {(items + warps - 1) / warps, pass.groups(), panels}, warps * warp, of_warp * static_cast<std::size_t>(warps)};
}

/// What one warp does: its row, edges and heads.
struct Work {
  int lane;
  Index row, item;  // item: of the rows, or of the chunks
  Edge first, last;
  int head, heads;  // first of the group, how many there are
  int panel_number;

  /// False when there is nothing to do: beyond the end, or a long row, which goes by chunks.
  __device__ bool find(const EdgePass& pass, bool by_chunks) {
    lane = static_cast<int>(threadIdx.x) % warp;
    item = static_cast<Index>(blockIdx.x) * (blockDim.x / warp) + threadIdx.x / warp;
    head = static_cast<int>(blockIdx.y) << pass.group_bits;
    heads = std::min(pass.group(), pass.heads - head);
    panel_number = static_cast<int>(blockIdx.z);
    if (by_chunks) {
      if (item >= pass.graph.chunk_count) return false;
      const RowChunk chunk = pass.graph.chunks[item];
      row = chunk.row, first = chunk.first, last = chunk.last;
      return true;
    }
    if (item >= pass.graph.edges.rows) return false;
    row = item, first = __ldg(pass.graph.edges.offset + row), last = __ldg(pass.graph.edges.offset + row + 1);
    return last - first <= RowChunk::most;
  }
};

/// The row's own heads into shared memory.
__device__ __forceinline__ void copy_heads(const Work& work, const Real* from, int width, Real* to) {
  for (int c = work.lane; c < work.heads * width; c += warp)
    to[c] = __ldg(from + static_cast<Index>(work.head) * width + c);
}

__device__ __forceinline__ void copy_own(const EdgePass& pass, const Work& work, const Desk& desk) {
  if (!pass.compares) return;
  copy_heads(work, pass.near.row(work.row), pass.d, desk.near);
  if (pass.weighted) copy_heads(work, pass.weight.data, pass.d, desk.weight);
}

/// Bit h: does the dropout keep head h of the group?
__device__ __forceinline__ unsigned draw_kept(const EdgePass& pass, const Work& work, Node far) {
  const auto near = static_cast<Node>(work.row);
  Stream stream = pass.dropout.stream;
  stream.call += static_cast<std::uint32_t>(work.head / 8) << 24;
  const Philox::Counter words = stream.draw(static_cast<std::uint32_t>(pass.over_rows ? near : far),
                                            static_cast<std::uint32_t>(pass.over_rows ? far : near));
  const std::uint32_t threshold = pass.dropout.threshold();
  unsigned kept = 0;
#pragma unroll
  for (int part = 0; part < 8; ++part)
    kept |= (sixteen_bits(words, part) >= threshold ? 1u : 0u) << part;
  return kept >> (work.head % 8);
}

/// Lays up to `most` edges from place `from` on on the desk, those to dead ends left out; gives how many there are.
__device__ __forceinline__ int take_chunk(const EdgePass& pass, const Work& work, Edge from, int most, Desk& desk) {
  __syncwarp();  // nobody reads the last chunk any more
  const bool there = work.lane < most && from + work.lane < work.last;
  const Node far = there ? __ldg(pass.graph.edges.neighbour + from + work.lane) : 0;
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
                                           const Desk& desk, const Real* near, ConstView far, int d, Real* t) {
  const int lanes = lanes_for((d + count - 1) / count), mine = work.lane & (lanes - 1);
  const int pairs = edges << pass.group_bits, step = warp / lanes;
  for (int first = 0; first < pairs; first += step) {
    const int pair = first + work.lane / lanes, e = pair >> pass.group_bits, h = pair & (pass.group() - 1);
    const bool live = pair < pairs && h < work.heads;
    Real sum = 0;
    if (live) {
      const Real* theirs = far.row(desk.node[e]) + static_cast<Index>(work.head + h) * d;
      for (int c = count * mine; c < d; c += count * lanes) {
        const Pack<count> y = load<count>(theirs + c);
#pragma unroll
        for (int n = 0; n < count; ++n) {
          const Real x = near[h * d + c + n];
          sum += pairing.term(x, y.x[n], P::weighted ? desk.weight[h * d + c + n] : x);
        }
      }
    }
    sum = sum_of_lanes(sum, lanes);
    if (live && mine == 0) t[h * head_stride + e] = sum;
  }
}

template <class P>
__device__ __forceinline__ void pair(const EdgePass& pass, const P& pairing, const Work& work, int edges,
                                     const Desk& desk, const Real* near, ConstView far, int d, Real* t) {
  if (d % 4 == 0)
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
  const Node speaker = pass.over_rows ? desk.node[e] : static_cast<Node>(work.row);
  const int head = work.head + h;
  Real m = 0;
  if (pass.key_bias.data != nullptr) m += __ldg(&pass.key_bias(speaker, head));
  if (pass.column_shift.data != nullptr) m -= __ldg(&pass.column_shift(speaker, 0));
  if (pass.edge_bias.data == nullptr && pass.edge_weight.data == nullptr) return m;
  const Edge slot = pass.slot(work.first + desk.place[e]);
  if (pass.edge_bias.data != nullptr) m += __ldg(&pass.edge_bias(slot, pass.edge_bias.columns == 1 ? 0 : head));
  if (pass.edge_weight.data != nullptr) m += std::log(__ldg(&pass.edge_weight(slot, 0)));
  return m;
}

/// ln κ or κ of a kernel made of one pairing, and its slope.
template <class K>
__device__ __forceinline__ Real value_of(const K& kappa, Real t) {
  if constexpr (SignedKernel<K>)
    return kappa.value(t);
  else
    return kappa.log_value(t);
}

template <class K>
__device__ __forceinline__ Real slope_of(const K& kappa, Real t) {
  if constexpr (SignedKernel<K>)
    return kappa.slope(t);
  else
    return kappa.log_slope(t);
}

/// p_c cos δ_c and −p_c sin δ_c of every component, in planes c and C + c of t; gives κ.
__device__ __forceinline__ Real compare_rows(const SpectralMixture& kappa, const Real* near, const Real* far, Real* t,
                                             int plane) {
  const int rank = static_cast<int>(kappa.rank), components = static_cast<int>(kappa.components);
  Real sum = kappa.shift;
  for (int c = 0; c < components; ++c) {
    Real distance = 0;
    for (int r = c * rank; r < (c + 1) * rank; ++r) {
      const Real apart = near[r] - __ldg(far + r);
      distance += apart * apart;
    }
    const Index phase = kappa.phase(c), half = kappa.half_weight(c);
    const Real p = std::exp(near[half] + __ldg(far + half) - distance / 2), angle = near[phase] - __ldg(far + phase);
    Real sine, cosine;
    sincospif(angle * std::numbers::inv_pi_v<Real>, &sine, &cosine);
    t[c * plane] = p * cosine;
    t[(components + c) * plane] = -p * sine;
    sum += p * cosine;
  }
  return sum;
}

/// t = what κ is made of; take(e, h, f, kernel) with f = ln κ of a positive kernel, κ of a signed one.
template <class Take>
__device__ __forceinline__ void score(const EdgePass& pass, const Work& work, int edges, Desk& desk, Take&& take) {
  pass.pairing.visit([&](const auto& by) {
    using P = std::remove_cvref_t<decltype(by)>;
    if constexpr (RowKernel<P>) {
      each_pair(pass, work, edges, [&](int e, int h) {
        const Real* far = pass.far.row(desk.node[e]) + static_cast<Index>(work.head + h) * pass.d;
        desk.s[h * head_stride + e] =
            compare_rows(by, desk.near + h * pass.d, far, desk.t + h * head_stride + e, pass.group() * head_stride);
      });
    } else if constexpr (std::is_same_v<P, Nothing>) {
      each_pair(pass, work, edges, [&](int e, int h) { desk.t[h * head_stride + e] = 0; });
    } else {
      pair(pass, by, work, edges, desk, desk.near, pass.far, pass.d, desk.t);
    }
  });
  __syncwarp();
  pass.kernel.visit([&](const auto& kappa) {
    each_pair(pass, work, edges, [&](int e, int h) {
      const int at = h * head_stride + e;
      if constexpr (RowKernel<std::remove_cvref_t<decltype(kappa)>>)
        take(e, h, desk.s[at], kappa);
      else
        take(e, h, value_of(kappa, desk.t[at]), kappa);
    });
  });
}

/// sum += Σ_e weight_eh x_e over a chunk, x [·, heads*width], which was loaded before or was not.
template <int count, bool loaded = false>
__device__ __forceinline__ void add_weighted(const Work& work, int edges, const Desk& desk, const Real* weight,
                                             ConstView x, int width, const Columns<count>& at, Sums<count>& sums) {
  const Index first = static_cast<Index>(work.head) * width;
  for (int e = at.side; e < edges; e += at.sides) {
    const Real* from = x.row(desk.node[e]) + first;
    sums.each(at, [&](int, int column, Real* sum) {
      const Real w = weight[column / width * head_stride + e];
      const Pack<count> y = loaded ? again<count>(from + column) : load<count>(from + column);
#pragma unroll
      for (int n = 0; n < count; ++n)
        sum[n] += w * y.x[n];
    });
  }
}

}  // namespace mercer::cuda
