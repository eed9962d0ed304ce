#include <limits>
#include <span>

#include "backend/cuda/tiles/linear_plan.cuh"
#include "backend/cuda/tiles/tile.cuh"
#include "base/device_memory.hpp"
#include "base/side_cache.hpp"
#include "mercer/kernel/pairing.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace tiles {
namespace {

template <class T>
Buffer copied(const std::vector<T>& from) {
  return Buffer::of(std::span<const T>(from), Device::cuda);
}

/// The operands of y_i = Σ_j ⟨a_i, b_j⟩ c_j, and Σ b_jᵀ c_j of the chunks, [chunks * h * d, e].
struct LinearOperands {
  Gathered a, b, c, states;
  View y;
  int heads, d, e;
};

/// A panel of the state of a chunk and head: block x is the chunk, y the head, z the panel.
__global__ void __launch_bounds__(threads, 4)
    sum_chunks(LinearOperands of, const LinearChunk* chunks, View states, int panels_of_row) {
  MERCER_SHARED(Real, shared);
  const Place at;
  const LinearChunk chunk = chunks[blockIdx.x];
  const int head = static_cast<int>(blockIdx.y), row = static_cast<int>(blockIdx.z) / panels_of_row * side,
            column = static_cast<int>(blockIdx.z) % panels_of_row * side;
  Real *b = shared, *c = shared + side * side;
  Part sum;
  for (Index first = chunk.begin; first < chunk.end; first += side) {
    const int count = static_cast<int>(chunk.end - first < side ? chunk.end - first : side);
    __syncthreads();  // all are done with the last tile
    take_rows<true>(of.b, Storage::real, first, count, head * of.d + row, of.d - row, b);
    take_rows(of.c, Storage::real, first, count, head * of.e + column, of.e - column, c);
    __syncthreads();
    add_weighted(Dot{}, b, c, count, at, sum, sum);
  }
  const Index state = (static_cast<Index>(blockIdx.x) * of.heads + head) * of.d;
#pragma unroll
  for (int r = 0; r < own_rows; ++r)
    if (row + at.row(r) < of.d) store_row(sum.x[r], at, column, of.e, states.row(state + row + at.row(r)));
}

/// The rows of a block: block x is the block, y the head, z the panel of y.
__global__ void __launch_bounds__(threads, 3) find_rows(LinearOperands of, const LinearBlock* blocks, EdgeRows edges) {
  MERCER_SHARED(Real, shared);
  const Place at;
  const LinearBlock block = blocks[blockIdx.x];
  const RowBlock& rest = block.rest;
  const int head = static_cast<int>(blockIdx.y), column = static_cast<int>(blockIdx.z) * side,
            rows = static_cast<int>(rest.rows());
  const Runs runs(edges, rest, shared);
  Real *a = shared + 2 * side, *other = a + side * side, *weights = other + side * side;
  Part sum;
  // 1. a_i Σ_j b_jᵀ c_j over whole chunks
  for (int k = 0; block.state >= 0 && k < of.d; k += side) {
    const int depth = of.d - k < side ? of.d - k : side;
    __syncthreads();
    take_transposed(of.a, Storage::real, rest.first, rows, head * of.d + k, depth, a);
    take_rows(of.states, Storage::real, (block.state * of.heads + head) * of.d + k, depth, column, of.e - column,
              other);
    __syncthreads();
    if (at.works(rows)) add_weighted(Dot{}, a, other, depth, at, sum, sum);
  }
  // 2. the rest of the runs by their scores
  for (Index first = rest.begin; first < rest.end; first += side) {
    const int count = static_cast<int>(rest.end - first < side ? rest.end - first : side);
    Part score;
    for (int k = 0; k < of.d; k += side) {
      const int depth = of.d - k < side ? of.d - k : side;
      __syncthreads();
      take_transposed(of.a, Storage::real, rest.first, rows, head * of.d + k, depth, a);
      take_transposed(of.b, Storage::real, first, count, head * of.d + k, depth, other);
      __syncthreads();
      if (at.works(rows)) pair(Dot{}, a, other, depth, at, score);
    }
    __syncthreads();
    take_rows(of.c, Storage::real, first, count, head * of.e + column, of.e - column, other);
#pragma unroll
    for (int r = 0; r < own_rows; ++r)
#pragma unroll
      for (int c = 0; c < own_columns; ++c)
        if (!runs.has(at.row(r), static_cast<int>(first - rest.begin) + at.column(c))) score.x[r][c] = 0;
    put_weights(score, at, weights);
    __syncthreads();
    if (at.works(rows)) add_weighted(Dot{}, weights, other, count, at, sum, sum);
  }
#pragma unroll
  for (int r = 0; r < own_rows; ++r)
    if (at.row(r) < rows)
      store_row(sum.x[r], at, column, of.e, of.y.row(rest.first + at.row(r)) + static_cast<Index>(head) * of.e);
}

/// The states of all chunks up to each, or from each on.
void add_up(const LinearPlan& plan, bool from_end, Index values, View states) {
  const Index* first_chunk = plan.first_chunk();
  for_each("linear_sums", plan.segment_count * values, [=] __device__(Index n) {
    const Index segment = n / values, value = n % values, begin = first_chunk[segment], end = first_chunk[segment + 1];
    Real sum = 0;
    for (Index step = 0; step < end - begin; ++step) {
      Real& state = states.data[(from_end ? end - 1 - step : begin + step) * values + value];
      state = sum += state;
    }
  });
}

Index panels_for(Index columns) { return (columns + side - 1) / side; }

}  // namespace

LinearPlan::LinearPlan(const LinearBlocks& cut)
    : chunk_count(std::ssize(cut.chunks)),
      segment_count(std::ssize(cut.first_chunk) - 1),
      block_count(std::ssize(cut.blocks)),
      chunk_(copied(cut.chunks)),
      first_(copied(cut.first_chunk)),
      block_(copied(cut.blocks)) {}

const LinearPlan& LinearPlan::of(const SegmentRuns& runs) {
  const auto number = 2 * static_cast<std::size_t>(device_number()) + (runs.over_rows ? 1 : 0);
  return runs.topology.cache->get<LinearPlan>(number, [&] { return LinearPlan(LinearBlocks(runs, side)); });
}

EdgeRows rows_on_device(const SegmentRuns& runs) {
  const EdgeLists lists = edge_lists(runs.topology);
  return (runs.over_rows ? lists.adjacency : lists.transpose).edges;
}

}  // namespace tiles

void linear_sums(const SegmentRuns& runs, Index heads, ConstView a, ConstView b, ConstView c, View y) {
  using namespace tiles;
  const LinearPlan& plan = LinearPlan::of(runs);
  const Index d = a.columns / heads, e = c.columns / heads;
  Tensor states = Tensor::uninitialized(plan.chunk_count * heads * d, e, Device::cuda);
  const LinearOperands of{a,
                          b,
                          c,
                          ConstView(states),
                          y,
                          narrowed("linear_sums", "heads", heads),
                          narrowed("linear_sums", "columns of a head", d),
                          narrowed("linear_sums", "columns of a head of values", e)};
  constexpr std::size_t square = side * side * sizeof(Real);
  const Index panels = panels_for(e);
  if (states.size() > 0) {
    launch("linear_sums", {{plan.chunk_count, heads, panels_for(d) * panels}, threads, 2 * square}, sum_chunks, of,
           plan.chunks(), states.view(), static_cast<int>(panels));
    add_up(plan, runs.from_end, heads * d * e, states);
  }
  if (plan.block_count > 0 && e > 0)
    launch("linear_sums", {{plan.block_count, heads, panels}, threads, 3 * square + side * sizeof(int2)}, find_rows, of,
           plan.blocks(), rows_on_device(runs));
}

}  // namespace mercer::cuda
