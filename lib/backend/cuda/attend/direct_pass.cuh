#pragma once

#include <algorithm>
#include <cmath>

#include "backend/cuda/attend/edge_scores.cuh"
#include "backend/cuda/math.cuh"

/// Passes over edges that keep everything in registers, for kernels f(t) on heads that fit there. Neighbouring lanes of
/// a warp form the team of one head and hold up to eight columns each; the teams of a warp take different heads of one
/// row, and where heads are narrow, different edges of it (sides). A lane loads the rows of `edges_at_once` edges
/// before it uses the first. All other kernels and widths take the passes of edge_pass.cuh.
namespace mercer::cuda {

constexpr int edges_at_once = 2;  // of each side

/// A lane holds `count` columns of the head of its team. A bare pass has no dropout, no numbers of edges and no shifts
/// of columns, and its edges are listed: a shorter loop in fewer registers.
template <int count_, bool brain_, bool bare_>
struct HeadShape {
  static constexpr int count = count_, most = warp * count;  // columns of a head
  static constexpr bool brain = brain_;                      // are the gathered q, k and v brain floats?
  static constexpr bool bare = bare_;

  /// Blocks of 128 threads that an SM is to hold; twice the columns take more registers.
  static constexpr int blocks(int of_few_columns, bool weighted = false) {
    return count < 8 ? of_few_columns : of_few_columns - (weighted ? 3 : 2);
  }
};

/// The columns of one head and row in a lane.
template <class Shape>
struct Slice {
  static constexpr int count = Shape::count;
  Real x[count] = {};

  __device__ __forceinline__ void scale(Real by) {
#pragma unroll
    for (Real& value : x)
      value = rounded_product(value, by);
  }
  __device__ __forceinline__ void add(Real weight, const Slice& other) {
#pragma unroll
    for (int n = 0; n < count; ++n)
      x[n] = std::fma(weight, other.x[n], x[n]);
  }
  /// Adds the slice of the lane `apart` lanes away.
  __device__ __forceinline__ void add_lane(int apart) {
#pragma unroll
    for (Real& value : x)
      value += __shfl_xor_sync(every_lane, value, apart);
  }
};

/// A pass of kernels that all compare by P.
template <class Shape_, class P, class Kernels_>
struct DirectPass : EdgePass {
  using Shape = Shape_;
  using Kernels = Kernels_;
  static constexpr bool bare = Shape::bare;
  P pairing;
  typename DeviceVariantOf<Kernels>::Type kernel;
  int lanes, head_bits;  // lanes of a team; a warp takes 2^head_bits heads

  static DirectPass of(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values) {
    DirectPass pass{{terms, list, over_rows, far, values}, {}, {}, 1, 0};
    Kernels::each([&]<class K>() {
      if (const K* kappa = terms.kernel.get_if<K>()) pass.kernel.hold(*kappa), pass.pairing = kappa->pairing();
    });
    pass.lanes = lanes_for((std::max(is_half ? 1 : pass.d, pass.e) + Shape::count - 1) / Shape::count);
    const int heads = std::min({lanes_for(pass.heads), warp / pass.lanes, most_heads});
    while (1 << pass.head_bits < heads)
      ++pass.head_bits;
    return pass;
  }

  static constexpr bool is_half = pairing_is_half_scores<P>, is_weighted = pairing_is_weighted<P>;
  static constexpr bool reads_rows = pairing_compares<P> && !is_half;  // whole heads of q and k

  Launch shape() const {
    constexpr int warps = 4;
    const Index items = list.chunk_count + list.edges.rows, of_warp = Index{1} << head_bits;
    return {{(items + warps - 1) / warps, (heads + of_warp - 1) / of_warp}, warps * warp};
  }
};

/// The work of one lane: a head of a row, or of a chunk of a long row. Chunks come first, being long. Few numbers live
/// in registers; the others follow from the thread's.
struct LaneWork {
  Node row;
  Edge first;  // its first edge
  int edges;   // number of its edges
  int head;    // −1: there is none for this lane

  template <class Pass>
  __device__ __forceinline__ bool find(const Pass& pass) {
    const int lane = static_cast<int>(threadIdx.x) % warp;
    head = first_head(pass) + (lane / pass.lanes & ((1 << pass.head_bits) - 1));
    if (head >= pass.heads) head = -1;
    Edge last = 0;
    if (of_chunk(pass)) {
      const RowChunk chunk = pass.list.chunks[number()];
      row = static_cast<Node>(chunk.row), first = chunk.first, last = chunk.last;
    } else {
      row = item(pass);
      if (row >= pass.list.edges.rows) return false;
      first = __ldg(pass.list.edges.offset + row), last = __ldg(pass.list.edges.offset + row + 1);
      if (last - first > pass.list.longest) return false;
    }
    edges = static_cast<int>(last - first);
    return true;
  }

  __device__ bool there() const { return head >= 0; }
  __device__ static Node number() { return static_cast<Node>(blockIdx.x * (blockDim.x / warp) + threadIdx.x / warp); }
  template <class Pass>
  __device__ static bool of_chunk(const Pass& pass) {
    return number() < pass.list.chunk_count;
  }
  /// The number of the row or of the chunk.
  template <class Pass>
  __device__ static Node item(const Pass& pass) {
    return of_chunk(pass) ? number() : number() - static_cast<Node>(pass.list.chunk_count);
  }
  template <class Pass>
  __device__ static int first_head(const Pass& pass) {  // of the warp
    return static_cast<int>(blockIdx.y) << pass.head_bits;
  }
  template <class Pass>
  __device__ static int mine(const Pass& pass) {  // the lane in its team
    return static_cast<int>(threadIdx.x) & (pass.lanes - 1);
  }
  template <class Pass>
  __device__ static int sides(const Pass& pass) {
    return warp / pass.lanes >> pass.head_bits;
  }
  template <class Pass>
  __device__ static int side(const Pass& pass) {
    return static_cast<int>(threadIdx.x) % warp / pass.lanes >> pass.head_bits;
  }
  /// Does this lane store the numbers of its head?
  template <class Pass>
  __device__ bool stores_number(const Pass& pass) const {
    return there() && side(pass) == 0 && mine(pass) == 0;
  }
};

/// x_head of a row in the slices of a team; zeros where there is nothing.
template <bool brain, class Pass, class Shape = typename Pass::Shape>
__device__ __forceinline__ Slice<Shape> load_slice(const Pass& pass, const LaneWork& work, const Gathered& x, Node row,
                                                   int width, bool there) {
  const int column = work.mine(pass) * Shape::count;
  if (!there || column >= width) return {};
  const Index at = static_cast<Index>(row) * (pass.heads * width) + (work.head * width + column);
  Pack<Shape::count> pack;
  if constexpr (brain)
    pack = load<Shape::count>(x.brain + at);
  else
    pack = load<Shape::count>(x.real + at);
  Slice<Shape> slice;
#pragma unroll
  for (int n = 0; n < Shape::count; ++n)
    slice.x[n] = pack.x[n];
  return slice;
}

/// The row's own head of x, rounded as the storage says.
template <class Pass, class Shape = typename Pass::Shape>
__device__ __forceinline__ Slice<Shape> load_own(const Pass& pass, const LaneWork& work, ConstView x, int width,
                                                 Storage storage) {
  Slice<Shape> slice = load_slice<false>(pass, work, x, work.row, width, work.there() && x.data != nullptr);
#pragma unroll
  for (Real& value : slice.x)
    value = stored(storage, value);
  return slice;
}

template <class Shape, class Pass>
__device__ __forceinline__ void store_slice(const Pass& pass, const LaneWork& work, const View& to, int width,
                                            const Slice<Shape>& slice) {
  const bool stores = to.data != nullptr && work.there() && work.side(pass) == 0;
  Real* const at = stores ? to.row(work.item(pass)) + work.head * width : nullptr;
  const int mine = work.mine(pass);
  if constexpr (Shape::count == 8) {
    // two lanes exchange fours, so that both together store whole sectors
    const bool paired = pass.lanes > 1, odd = paired && mine % 2 != 0, even = paired && !odd;
    Real low[4], high[4];
#pragma unroll
    for (int n = 0; n < 4; ++n) {
      const Real other = __shfl_xor_sync(every_lane, odd ? slice.x[n] : slice.x[n + 4], 1);
      low[n] = odd ? other : slice.x[n], high[n] = even ? other : slice.x[n + 4];
    }
    const int first = paired ? mine / 2 * 16 + mine % 2 * 4 : mine * 8, second = first + (paired ? 8 : 4);
    if (stores && first < width) store<4>(at + first, low);
    if (stores && second < width) store<4>(at + second, high);
  } else {
    const int column = mine * Shape::count;
    if (stores && column < width) store<Shape::count>(at + column, slice.x);
  }
}

/// One number of a lane's head.
template <class Pass>
__device__ __forceinline__ void store_number(const Pass& pass, const LaneWork& work, const View& to, Real x) {
  if (to.data != nullptr && work.stores_number(pass)) __stwb(&to(work.item(pass), work.head), x);
}

/// x_head of a matrix [·, heads].
template <class Pass>
__device__ __forceinline__ Real number_at(const Pass& pass, const LaneWork& work, const Real* x, Node row) {
  return __ldg(x + static_cast<Index>(row) * pass.heads + work.head);
}

/// The number of the row's own head of a pairing of half scores.
template <class Pass>
__device__ __forceinline__ Real load_half(const Pass& pass, const LaneWork& work, ConstView x) {
  if constexpr (!Pass::is_half) return 0;
  return work.there() ? stored(pass.storage, number_at(pass, work, x.data, work.row)) : Real(0);
}

/// The far end of edge e of the work.
template <class Pass>
__device__ __forceinline__ Node column_of(const Pass& pass, const LaneWork& work, int e) {
  if constexpr (Pass::bare) return __ldg(pass.list.edges.neighbour + work.first + e);
  return column_at(pass.list.edges, work.row, work.first + e);
}

/// The far ends of the edges that a lane takes at once, −1 for none.
struct LaneEdges {
  Node far[edges_at_once];

  /// Reads those from edge `from` of the work on; leaves out those that are not alive.
  template <class Pass>
  __device__ __forceinline__ void read(const Pass& pass, const LaneWork& work, int from) {
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u) {
      const int e = at(pass, from, u);
      far[u] = work.there() && e < work.edges ? column_of(pass, work, e) : Node{-1};
      if (pass.alive != nullptr && far[u] >= 0 && __ldg(pass.alive + far[u]) == 0) far[u] = -1;
    }
  }
  /// The number of edge u in the work.
  template <class Pass>
  __device__ __forceinline__ static int at(const Pass& pass, int from, int u) {
    return from + u * LaneWork::sides(pass) + LaneWork::side(pass);
  }
  __device__ __forceinline__ bool live(int u) const { return far[u] >= 0; }
};

/// The bits of 32 edges at a time, one draw in each lane.
class LaneDraws {
 public:
  /// Draws for the edges from `from` on when a new 32 begin. All lanes call it.
  template <class Pass>
  __device__ __forceinline__ void draw(const Pass& pass, const LaneWork& work, int from) {
    if (Pass::bare || !pass.dropout.active() || from % warp != 0) return;
    const int e = from + static_cast<int>(threadIdx.x) % warp;
    if (e < work.edges)
      bits_ = draw_kept(pass, pass.dropout, work.row, work.first_head(pass), column_of(pass, work, e));
  }
  /// 0 for a dropped edge, else the dropout's scale. `e`: number of the edge in the work. All lanes call it.
  template <class Pass>
  __device__ __forceinline__ Real share(const Pass& pass, const LaneWork& work, int e) const {
    if (Pass::bare || !pass.dropout.active()) return 1;
    const unsigned bits = __shfl_sync(every_lane, bits_, e % warp);
    const int h = work.there() ? work.head - work.first_head(pass) : 0;
    return (bits >> h & 1u) != 0 ? pass.dropout.scale() : Real(0);
  }

 private:
  unsigned bits_ = 0;
};

/// The part of t of each edge in a lane. The target's component comes first in both directions, so that both find the
/// same bits.
template <class Pass, class Shape = typename Pass::Shape>
__device__ __forceinline__ void compare(const Pass& pass, const Slice<Shape>& near, const Slice<Shape>& weight,
                                        const Slice<Shape> (&far)[edges_at_once], bool near_is_target,
                                        Real (&t)[edges_at_once]) {
#pragma unroll
  for (int u = 0; u < edges_at_once; ++u) {
    t[u] = 0;
#pragma unroll
    for (int n = 0; n < Shape::count; ++n) {
      const Real x = near.x[n], y = far[u].x[n];
      t[u] = rounded_sum(t[u],
                         near_is_target ? pass.pairing.term(x, y, weight.x[n]) : pass.pairing.term(y, x, weight.x[n]));
    }
  }
}

/// Σ over the lanes of a team, of each edge.
template <class Pass>
__device__ __forceinline__ void sum_over_team(const Pass& pass, Real (&x)[edges_at_once]) {
  for (int apart = pass.lanes / 2; apart > 0; apart /= 2)
#pragma unroll
    for (int u = 0; u < edges_at_once; ++u)
      x[u] += __shfl_xor_sync(every_lane, x[u], apart);
}

/// Calls body(n) with the distances between the lanes of one head in the sides of a warp: 2^k lanes.
template <class Pass, class Body>
__device__ __forceinline__ void each_side(const Pass& pass, Body&& body) {
  for (int apart = pass.lanes << pass.head_bits; apart < warp; apart *= 2)
    body(apart);
}

/// ln of the factors of κ for edge e of the work.
template <class Pass>
__device__ __forceinline__ Real log_magnitude(const Pass& pass, const LaneWork& work, Node far, int e) {
  const Node source = pass.over_rows ? far : work.row;
  if constexpr (!Pass::bare)
    return log_magnitude(pass, key_bias_of(pass, source, work.head), source, work.head, work.first + e);
  return pass.key_bias.data != nullptr ? number_at(pass, work, pass.key_bias.data, source) : Real(0);
}

inline bool is_bare(const EdgeTerms& terms, const EdgeList& list) {
  return !terms.dropout.active() && terms.edge_bias.data == nullptr && terms.edge_weight.data == nullptr &&
         terms.column_shift.data == nullptr && list.edges.neighbour != nullptr;
}

/// Calls run(pass) with a null pointer to the type of the pass that the kernel and the heads of `terms` take, if they
/// fit in registers: kernels f(t) on widths in fours up to 128, brain floats also in eights up to 256, others up to 32.
/// False for all others, and with a bias of the query or a mask on the magnitude.
template <class Kernels, class Run>
bool take_directly(const EdgeTerms& terms, const EdgeList& list, Index value_columns, Run&& run) {
  bool taken = false;
  if (terms.query_bias.data != nullptr || terms.magnitude_dropout.active()) return taken;
  const Index d = terms.q.columns / terms.heads, e = value_columns / terms.heads, widest = std::max(d, e);
  const bool rounds = terms.storage != Storage::real, bare = is_bare(terms, list);
  Kernels::each([&]<class K>() {
    if constexpr (ScalarKernel<K>) {
      using P = PairingOf<K>;
      if (!terms.kernel.is<K>() || (pairing_is_half_scores<P> && d != 1)) return;
      constexpr bool is_half = pairing_is_half_scores<P>;
      const auto take = [&]<class Shape>(Shape) {
        run(static_cast<const DirectPass<Shape, P, KernelsBy<P, Kernels>>*>(nullptr)), taken = true;
      };
      const auto take_columns = [&]<int count, bool brain>(HeadShape<count, brain, true> barely) {
        bare ? take(barely) : take(HeadShape<count, brain, false>{});
      };
      const auto in = [&](Index columns) { return e % columns == 0 && (is_half || d % columns == 0); };
      if (rounds && in(8) && widest <= 8 * warp) {
        take_columns(HeadShape<8, true, true>{});
      } else if (in(4) && widest <= 4 * warp) {
        rounds ? take_columns(HeadShape<4, true, true>{}) : take_columns(HeadShape<4, false, true>{});
      } else if (!in(4) && widest <= warp && (!rounds || (d % 4 != 0 && e % 4 != 0))) {
        take(HeadShape<1, false, false>{});
      }
    }
  });
  return taken;
}

}  // namespace mercer::cuda
