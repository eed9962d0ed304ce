#include "backend/linear_steps.hpp"

#include <limits>

#include "backend/capture.hpp"
#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/runtime/capture.hpp"
#include "backend/cuda/tiles/linear_plan.cuh"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace {

constexpr const char* op = "attend_linear";

/// step(i, h, …) for all rows and heads, each by a team with about one lane for each of `columns` columns of a head.
template <class Step>
void each_head(Index rows, Index heads, Index columns, Step step) {
  for_each_team(op, rows * heads, columns / std::max<Index>(heads, 1),
                [=] __device__(Index n, const Team& team) { step(n / heads, n % heads, team.lane, team.lanes); });
}

/// The largest key bias of each segment and head, from those of its chunks; 0 where none is finite.
Tensor largest_of_segments(const tiles::LinearPlan& plan, ConstView key_bias, Index heads) {
  Tensor of_chunks = Tensor::uninitialized(plan.chunk_count, heads, Device::cuda),
         of_segments = Tensor::uninitialized(plan.segment_count, heads, Device::cuda);
  const View in_chunk = of_chunks, in_segment = of_segments;
  const LinearChunk* chunks = plan.chunks();
  const Index* first_chunk = plan.first_chunk();
  for_each_team(op, of_chunks.size(), warp, [=] __device__(Index n, const Team& team) {
    const LinearChunk chunk = chunks[n / heads];
    Real largest = -INFINITY;
    for (Index j = chunk.begin + team.lane; j < chunk.end; j += team.lanes)
      largest = key_bias(j, n % heads) > largest ? key_bias(j, n % heads) : largest;
    largest = team.largest(largest);
    if (team.lane == 0) in_chunk.data[n] = largest;
  });
  for_each_team(op, of_segments.size(), warp, [=] __device__(Index n, const Team& team) {
    const Index segment = n / heads;
    Real largest = -INFINITY;
    for (Index c = first_chunk[segment] + team.lane; c < first_chunk[segment + 1]; c += team.lanes)
      largest = in_chunk(c, n % heads) > largest ? in_chunk(c, n % heads) : largest;
    largest = team.largest(largest);
    if (team.lane == 0) in_segment.data[n] = std::isfinite(largest) ? largest : Real(0);
  });
  return of_segments;
}

}  // namespace

void join_constant(ConstView x, Index heads, Real factor, Real constant, View y) {
  each_head(x.rows, heads, y.columns, JoinConstant{x, heads, factor, constant, y});
}

void join_constant_backward(ConstView dy, Index heads, Real factor, View dx) {
  each_head(dy.rows, heads, dx.columns, JoinConstantBackward{dy, heads, factor, dx});
}

void source_magnitudes(const SegmentRuns& over_rows, Real power, ConstView key_bias, bool relative, View m) {
  const tiles::LinearPlan& plan = tiles::LinearPlan::of(over_rows);
  const bool is_relative = relative && key_bias.data != nullptr;
  const Tensor largest = is_relative ? largest_of_segments(plan, key_bias, m.columns) : Tensor();
  const ConstView of_segment = largest.empty() ? ConstView{} : largest.view();
  const LinearChunk* chunks = plan.chunks();
  const EdgeRows sources = edge_lists(over_rows.topology).transpose.edges;
  const Index heads = m.columns;
  for_each_team(op, plan.chunk_count * heads, warp, [=] __device__(Index n, const Team& team) {
    const LinearChunk chunk = chunks[n / heads];
    const Index h = n % heads;
    const Real shift = of_segment.data != nullptr ? of_segment(chunk.segment, h) : Real(0);
    for (Index j = chunk.begin + team.lane; j < chunk.end; j += team.lanes)
      m(j, h) = inverse_degree(sources.degree(j), power) *
                (key_bias.data != nullptr ? std::exp(key_bias(j, h) - shift) : Real(1));
  });
}

void scale_values(ConstView v, ConstView m, View c) { each_head(v.rows, m.columns, c.columns, ScaleValues{v, m, c}); }

void scale_values_backward(ConstView dc, ConstView m, View dv) {
  each_head(dc.rows, m.columns, dv.columns, ScaleValuesBackward{dc, m, dv});
}

Index divide_sums(const SegmentRuns& over_rows, const LinearDenominator& by, ConstView sums, View y, View inverse,
                  View guarded, Index* counted) {
  const DivideSums step{tiles::rows_on_device(over_rows).offset, by, sums, y, inverse, guarded};
  each_head(y.rows, inverse.columns, y.columns, step);
  if (!by.row_sum || !by.is_signed) return 0;
  Buffer count(sizeof(unsigned long long), Device::cuda);
  zero_bytes(count.data(), Device::cuda, count.bytes());
  auto* counter = static_cast<unsigned long long*>(count.data());
  const Index heads = inverse.columns;
  for_each(op, inverse.size(), [=] __device__(Index n) {
    if (step.counts(n / heads, n % heads)) atomicAdd(counter, 1ull);  // integers: in any order
  });
  if (counted == nullptr || count_after_replays(counter, counted)) return 0;
  unsigned long long found = 0;
  copy_bytes(&found, Device::cpu, count.data(), Device::cuda, sizeof found);
  return static_cast<Index>(found);
}

void divide_sums_backward(ConstView dy, ConstView inverse, ConstView delta, View dsums) {
  each_head(dy.rows, inverse.columns, dsums.columns, DivideSumsBackward{dy, inverse, delta, dsums});
}

Index first_negative(ConstView x) {
  if (is_captured() || x.size() == 0) return -1;
  constexpr auto none = std::numeric_limits<unsigned long long>::max();
  Buffer memory(sizeof none, Device::cuda);
  copy_bytes(memory.data(), Device::cuda, &none, Device::cpu, sizeof none);
  auto* first = static_cast<unsigned long long*>(memory.data());
  for_each(op, x.size(), [=] __device__(Index n) {
    if (x.data[n] < 0) atomicMin(first, static_cast<unsigned long long>(n));
  });
  unsigned long long found = none;
  copy_bytes(&found, Device::cpu, memory.data(), Device::cuda, sizeof found);
  return found == none ? -1 : static_cast<Index>(found);
}

}  // namespace mercer::cuda
