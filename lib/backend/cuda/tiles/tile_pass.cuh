#pragma once

#include <algorithm>
#include <cmath>

#include "backend/cuda/attend/attend_results.cuh"
#include "backend/cuda/attend/edge_scores.cuh"
#include "backend/cuda/attend/stored_rows.cuh"
#include "backend/cuda/tiles/tile.cuh"

/// Attention over segments by tiles of scores: rows hold runs of columns, and t of a tile is made by a product of two
/// tiles. Memory is of the operands' size.
namespace mercer::cuda::tiles {

/// A pass of kernels that all compare by P.
template <class P_, class Kernels_>
struct TilePass : EdgePass {
  using P = P_;
  using Kernels = Kernels_;
  P pairing{};
  typename DeviceVariantOf<Kernels>::Type kernel{};

  TilePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values)
      : EdgePass(terms, list, over_rows, far, values) {
    Kernels::each([&]<class K>() {
      if (const K* kappa = terms.kernel.get_if<K>()) kernel.hold(*kappa), pairing = kappa->pairing();
    });
  }
};

/// The most bytes of shared memory that a block takes; wider heads go edge by edge.
constexpr std::size_t most_shared = 200 << 10;

/// Bytes of the rows' runs, of `wide` tiles of 64 columns each, and of transposed tiles of `depth` columns together.
inline std::size_t bytes_of_tiles(Index depth, int wide) {
  return static_cast<std::size_t>((depth + wide * side) * side) * sizeof(Real) + side * sizeof(int2);
}

/// Calls run(pass type) if the kernel compares by a product or a squared distance and the rows have runs of columns
/// without facts of the pairs; else returns false.
template <class Kernels, class Run>
bool by_tiles(const EdgeTerms& terms, const EdgeList& list, std::size_t shared, Run&& run) {
  if (list.row_blocks == nullptr || terms.edge_bias.data != nullptr || terms.edge_weight.data != nullptr ||
      shared > most_shared)
    return false;
  bool done = false;
  const auto offer = [&]<class P>() {
    using Mine = KernelsBy<P, Kernels>;
    if constexpr (Mine::size > 0) {
      bool is_mine = false;
      Mine::each([&]<class K>() { is_mine |= terms.kernel.is<K>(); });
      if (is_mine) run(static_cast<const TilePass<P, Mine>*>(nullptr));
      done |= is_mine;
    }
  };
  offer.template operator()<Dot>();
  offer.template operator()<SquaredDistance>();
  return done;
}

/// Bytes of shared memory of the backward passes, for heads of d and e columns.
inline std::size_t backward_bytes(Index d, Index e) {
  return bytes_of_tiles(2 * (d + e), 3) + side * (2 * sizeof(Real) + sizeof(float2));
}

/// Throws DeviceError for a relative bias where the backward pass would go edge by edge, which knows none.
template <class Kernels>
void expect_relative(const EdgeTerms& terms, const EdgeList& adjacency, Index value_columns) {
  if (terms.relative_bias.data == nullptr) return;
  const Index d = terms.q.columns / terms.heads, e = value_columns / terms.heads;
  if (by_tiles<Kernels>(terms, adjacency, backward_bytes(d, e), [](const auto*) {})) return;
  throw DeviceError("[attend] relative_bias: got the kernel " + std::string(terms.kernel.name()) + " and heads of " +
                    std::to_string(d) + " and " + std::to_string(e) +
                    " columns on a CUDA device, which wants whole segments, a kernel of ⟨q, k⟩ or ‖q − k‖², and up to "
                    "300 columns in both; the CPU takes all");
}

/// The rows of a block of threads. All its threads have the same.
struct BlockRows {
  RowBlock block;
  int rows, head, panel;  // panel: the first column of a head that is summed

  __device__ explicit BlockRows(const EdgePass& pass)
      : block(pass.list.row_blocks[blockIdx.x]),
        rows(static_cast<int>(block.rows())),
        head(static_cast<int>(blockIdx.y)),
        panel(static_cast<int>(blockIdx.z) * side) {}

  /// Is any of up to 64 rows alive? Every warp looks at all of them.
  __device__ static bool any_alive(const unsigned char* alive, Index first, int count) {
    const int lane = static_cast<int>(threadIdx.x) % warp;
    bool any = false;
    for (int r = lane; r < count; r += warp)
      any = any || __ldg(alive + first + r) != 0;
    return __any_sync(every_lane, any) != 0;
  }
};

/// What a dropout leaves of the pair of a row and a far end: 1 / (1 − p), 0, or 1 where there is none.
__device__ __forceinline__ Real share_of(const EdgePass& pass, const Dropout& dropout, Index row, int head, Index far) {
  if (!dropout.active()) return 1;
  return (draw_kept(pass, dropout, row, head, static_cast<Node>(far)) & 1u) != 0 ? dropout.scale() : Real(0);
}

/// The logarithm of the factors of κ besides the row's denominator; `share` is that of the magnitude.
__device__ __forceinline__ Real log_factor(const EdgePass& pass, Index target, Index source, int head, Real share) {
  Real m = key_bias_of(pass, static_cast<Node>(source), head);
  if (pass.query_bias.data != nullptr) m += __ldg(&pass.query_bias(target, head));
  m = m * share + relative_bias_of(pass, target, source, head);
  if (pass.column_shift.data != nullptr) m -= __ldg(&pass.column_shift(source, 0));
  return m;
}

/// The blocks of threads of a pass, one for each block of rows, head, and 64 of `columns` columns of a head.
inline Launch shape_of(const EdgePass& pass, Index columns, std::size_t shared) {
  const Index panels = std::max<Index>(1, (columns + side - 1) / side);
  return {{pass.list.row_block_count, pass.heads, panels}, threads, shared};
}

}  // namespace mercer::cuda::tiles
