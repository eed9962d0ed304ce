#pragma once

#include <algorithm>
#include <string>

#include "backend/cuda/attend/attend_passes.hpp"
#include "backend/cuda/columns.cuh"
#include "backend/cuda/runtime/device_variant.cuh"
#include "backend/cuda/runtime/launch.cuh"
#include "backend/edge_ops.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/any_kernel.hpp"

/// The common parts of all kernels over edges. A warp takes one row, or one chunk of a long row, and up to eight heads.
/// It processes the row's edges in chunks of up to 32. Its part of shared memory holds, for each edge and head of the
/// chunk, one number at a time: pairing, logarithm, weight. Sums over values stay in registers, four columns of every
/// 128 in a lane.
namespace mercer::cuda {

constexpr int chunk_capacity = warp;  // edges
constexpr int head_stride = 33;       // between the numbers of two heads; odd, to avoid bank conflicts
constexpr int most_heads = 8;         // of one warp: one random draw decides for eight

/// One pass over the edges of EdgeTerms on the device, by rows or by columns.
struct EdgePass {
  EdgePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values);

  EdgeList list;
  bool over_rows, is_signed, row_sum, compares, weighted;
  int heads, group_bits, planes;  // a warp takes 2^group_bits heads; κ has `planes` numbers t
  int d, e;                       // widths of a head of q and k, and of v
  int chunk;                      // edges at a time, ≤ chunk_capacity
  ConstView near;                 // q over rows, k over columns
  Gathered far;                   // k over rows, q over columns
  Gathered values;                // v over rows, dy over columns
  Storage storage;                // of q, k and v; own rows are rounded when read
  ConstView weight, query_bias, key_bias, relative_bias, edge_bias, edge_weight, row_shift, column_shift;
  Dropout dropout, magnitude_dropout;
  Real guard;
  const unsigned char* alive = nullptr;  // [far ends], or null: all alive
  bool zero_weight_is_one = false;       // as in log_edge_weight

  MERCER_HD int group() const { return 1 << group_bits; }
  MERCER_HD Index groups() const { return (heads + group() - 1) >> group_bits; }
};

/// An EdgePass with its kernel, one of a list.
template <class Kernels>
struct KernelPass : EdgePass, DeviceKernel<Kernels> {
  KernelPass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values)
      : EdgePass(terms, list, over_rows, far, values), DeviceKernel<Kernels>(terms.kernel) {}
};

/// A warp's part of shared memory, in units of Real.
struct WarpMemory {
  Node* node;      // [chunk]             the far ends
  int* place;      // [chunk]             offset of the edge in the work
  unsigned* kept;  // [chunk]             bit h: is head h kept by the dropout?
  unsigned* mask;  // [chunk]             bit h: is the magnitude of head h kept? With magnitude_dropout only
  Real* near;      // [group * d]         the row's own q or k
  Real* own;       // [group * e]         backward: the row's own dy or v
  Real* weight;    // [group * d]         the vector of a weighted pairing
  Real* t;         // [planes, group, 33] the numbers t of κ, then their gradients
  Real* s;         // [group, 33]         logarithms, then weights
  Real* p;         // [group, 33]         backward: ⟨dy_i, v_j⟩; forward: derivatives of logarithms
  Real* factor;    // [group]

  MERCER_HD static Index size(const EdgePass& pass) {
    const Index group = pass.group(), masks = pass.magnitude_dropout.active() ? chunk_capacity : 0;
    const Index rows = group * (pass.d + pass.e + (pass.weighted ? pass.d : 0));
    return 3 * chunk_capacity + masks + rows + 12 + group * (head_stride * (pass.planes + 2) + 1);
  }

  __device__ WarpMemory(const EdgePass& pass, Real* shared) {
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
    mask = reinterpret_cast<unsigned*>(take(pass.magnitude_dropout.active() ? chunk_capacity : 0));
    near = take(group * pass.d);
    own = take(group * pass.e);
    weight = take(pass.weighted ? group * pass.d : 0);
    t = at;
    s = t + pass.planes * group * head_stride;
    p = s + group * head_stride;
    factor = p + group * head_stride;
  }
};

/// The launch of a pass over rows or over chunks of long rows.
inline Launch shape_of(const EdgePass& pass, Index items, Index panels) {
  constexpr std::size_t most_shared = 227 << 10, comfortable = 12 << 10;
  const std::size_t of_warp = static_cast<std::size_t>((WarpMemory::size(pass) + 3) / 4 * 4) * sizeof(Real);
  if (of_warp > most_shared)
    throw DeviceError("[attend] CUDA: heads of width " + std::to_string(pass.d) + " and " + std::to_string(pass.e) +
                      " want " + std::to_string(of_warp) + " bytes of shared memory, there are " +
                      std::to_string(most_shared));
  const int warps = of_warp <= comfortable ? 4 : 1;
  return {
      {(items + warps - 1) / warps, pass.groups(), panels}, warps * warp, of_warp * static_cast<std::size_t>(warps)};
}

/// The work of one warp: its row, edges and heads.
struct Work {
  int lane;
  Index row, item;  // item: number of the row or of the chunk
  Edge first, last;
  int head, heads;  // first head of the group, number of heads
  int panel_number;

  /// False when there is no work: beyond the end, or a long row, which is processed in chunks.
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

/// Copies the row's own heads to shared memory, rounded as `storage` says.
__device__ __forceinline__ void copy_heads(const Work& work, const Real* from, int width, Real* to,
                                           Storage storage = Storage::real) {
  for (int c = work.lane; c < work.heads * width; c += warp)
    to[c] = stored(storage, __ldg(from + static_cast<Index>(work.head) * width + c));
}

__device__ __forceinline__ void copy_own(const EdgePass& pass, const Work& work, const WarpMemory& memory) {
  if (!pass.compares) return;
  copy_heads(work, pass.near.row(work.row), pass.d, memory.near, pass.storage);
  if (pass.weighted) copy_heads(work, pass.weight.data, pass.d, memory.weight);
}

}  // namespace mercer::cuda
