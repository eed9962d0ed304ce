#pragma once

#include <algorithm>
#include <string>

#include "backend/cuda/attend_passes.hpp"
#include "backend/cuda/columns.cuh"
#include "backend/cuda/device_variant.cuh"
#include "backend/cuda/launch.cuh"
#include "backend/edge_ops.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/any_kernel.hpp"

/// What every kernel over edges is made of. A warp takes one row, or one chunk of a long row, and up to eight heads.
/// It goes through the row's edges by chunks of up to 32 and keeps in its corner of shared memory, for each edge and
/// head of the chunk, one number at a time: pairing, logarithm, weight. Values stay in registers, four columns of
/// every 128 to a lane.
namespace mercer::cuda {

constexpr int chunk_capacity = warp;  // edges
constexpr int head_stride = 33;       // of numbers of a chunk; odd, so that lanes meet in no bank
constexpr int most_heads = 8;         // of one warp: as many as one draw decides on

/// One direction over the edges of EdgeTerms, on the device.
struct EdgePass {
  EdgePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values);

  EdgeList list;
  bool over_rows, is_signed, row_sum, compares, weighted;
  int heads, group_bits, planes;  // a warp takes 2^group_bits heads; κ is made of `planes` numbers
  int d, e;                       // widths of a head of q and k, and of v
  int chunk;                      // edges at a time, ≤ chunk_capacity
  ConstView near;                 // q over rows, k over columns
  Gathered far;                   // the other of them
  Gathered values;                // v over rows, dy over columns
  Storage storage;                // of q, k and v: what a row reads of its own is rounded here
  ConstView weight, key_bias, edge_bias, edge_weight, row_shift, column_shift;
  Dropout dropout;
  Real guard;
  const unsigned char* alive = nullptr;  // [far ends], or null: all are

  MERCER_HD int group() const { return 1 << group_bits; }
  MERCER_HD Index groups() const { return (heads + group() - 1) >> group_bits; }
};

/// The same with its kernel, one of a list.
template <class Kernels>
struct KernelPass : EdgePass, DeviceKernel<Kernels> {
  KernelPass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values)
      : EdgePass(terms, list, over_rows, far, values), DeviceKernel<Kernels>(terms.kernel) {}
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
  Real* p;         // [group, 33]         on the way back ⟨dy_i, v_j⟩; on the way there slopes of logarithms
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
      if (item >= pass.list.chunk_count) return false;
      const RowChunk chunk = pass.list.chunks[item];
      row = chunk.row, first = chunk.first, last = chunk.last;
      return true;
    }
    const EdgeRows& edges = pass.list.edges;
    if (item >= edges.rows) return false;
    row = item, first = __ldg(edges.offset + row), last = __ldg(edges.offset + row + 1);
    return last - first <= pass.list.longest;
  }
};

/// The row's own heads into shared memory, as they are stored.
__device__ __forceinline__ void copy_heads(const Work& work, const Real* from, int width, Real* to,
                                           Storage storage = Storage::real) {
  for (int c = work.lane; c < work.heads * width; c += warp)
    to[c] = stored(storage, __ldg(from + static_cast<Index>(work.head) * width + c));
}

__device__ __forceinline__ void copy_own(const EdgePass& pass, const Work& work, const Desk& desk) {
  if (!pass.compares) return;
  copy_heads(work, pass.near.row(work.row), pass.d, desk.near, pass.storage);
  if (pass.weighted) copy_heads(work, pass.weight.data, pass.d, desk.weight);
}

}  // namespace mercer::cuda
