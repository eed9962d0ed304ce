#include <cmath>

#include "backend/cuda/capture.hpp"
#include "backend/cuda/edge_scores.cuh"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace {

constexpr Real nothing_yet = -INFINITY;

/// Where a warp leaves what it found: of whole rows the result, of a chunk its share.
struct Shares {
  View sum;      // [chunks, h*e]  Σ w_ij v_j
  View largest;  // [chunks, h]    of the logarithms
  View total;    // [chunks, h]    Σ w_ij
};

/// What a row's denominator makes of its sums.
struct Finish {
  View y, state;
  unsigned long long* guarded;

  /// What y_ih is multiplied by.
  __device__ Real factor(const EdgePass& pass, Index row, Real total) const {
    if (!pass.row_sum) return pass.is_signed ? std::exp(-shift(pass, row)) : Real(1);
    if (!pass.is_signed) return total > 0 ? 1 / total : Real(0);
    if (is_safe(pass, total)) return 1 / total;
    return pass.guard > 0 ? std::copysign(1 / pass.guard, total) : Real(0);
  }

  /// What the backward pass wants to know of the row. Counts are of integers: their order is nobody's concern.
  __device__ void keep(const EdgePass& pass, Index row, int head, Real largest, Real total, Real factor) const {
    Real kept = total > 0 ? largest + std::log(total) : Real(0);
    if (pass.is_signed)
      kept = factor;
    else if (!pass.row_sum)
      kept = shift(pass, row);
    __stwb(&state(row, head), kept);
    const bool listens = pass.graph.edges.degree(row) > 0;
    if (pass.is_signed && pass.row_sum && listens && !is_safe(pass, total)) atomicAdd(guarded, 1ull);
  }

 private:
  __device__ static Real shift(const EdgePass& pass, Index row) {
    return pass.row_shift.data != nullptr ? pass.row_shift.data[row] : Real(0);
  }
  __device__ static bool is_safe(const EdgePass& pass, Real total) {
    return std::abs(total) >= pass.guard && total != 0;
  }
};

/// A warp's softmax as it goes: lane h keeps the largest logarithm and the sum of head h.
struct Running {
  Real largest = nothing_yet, total = 0;
};

/// The logarithms of a chunk become weights; factors scale what was summed before.
__device__ __forceinline__ void weigh(const EdgePass& pass, const Work& work, int edges, Desk& desk, Running& running) {
  const bool live = work.lane < edges;
  const bool softmax = pass.row_sum && !pass.is_signed;
  for (int h = 0; h < work.heads; ++h) {
    Real& s = desk.s[h * head_stride + work.lane];
    Real w = live ? s : (softmax ? nothing_yet : Real(0));
    if (softmax) {
      const Real before = __shfl_sync(every_lane, running.largest, h);
      const Real top = largest_of_lanes(w), largest = top > before ? top : before;
      w = w == nothing_yet ? Real(0) : std::exp(w - largest);
      if (work.lane == h) {
        const Real factor = before == nothing_yet ? Real(0) : std::exp(before - largest);
        running.total *= factor;
        running.largest = largest;
        desk.factor[h] = factor;
      }
    }
    const Real total = sum_of_lanes(w);
    if (work.lane == h) running.total += total;
    if (live) s = w * kept_share(pass, desk, work.lane, h);
  }
  __syncwarp();
}

template <int count>
__global__ void __launch_bounds__(128, 5)
    attend_rows(EdgePass pass, ConstView v, bool by_chunks, Finish finish, Shares shares) {
  MERCER_SHARED(Real, shared);
  Work work;
  if (!work.find(pass, by_chunks)) return;
  Desk desk(pass, shared);
  copy_own(pass, work, desk);
  const Columns<count> columns(work.lane, work.panel_number, work.heads * pass.e);
  Sums<count> sums;
  Running running;
  const Real shift = pass.row_shift.data != nullptr ? pass.row_shift.data[work.row] : Real(0);
  for (Edge from = work.first; from < work.last; from += chunk_capacity) {
    // 1. s_ij
    const int edges = take_chunk(pass, work, from, chunk_capacity, desk);
    score(pass, work, edges, desk, [&](int e, int h, Real f, const auto&) {
      const Real m = log_magnitude(pass, work, desk, e, h);
      Real& s = desk.s[h * head_stride + e];
      if (pass.is_signed)
        s = f * std::exp(m);
      else
        s = pass.row_sum ? f + m : std::exp(f + m - shift);
    });
    __syncwarp();
    // 2. weights
    weigh(pass, work, edges, desk, running);
    // 3. Σ_j w_ij v_j
    if (pass.row_sum && !pass.is_signed)
      sums.each(columns, [&](int, int column, Real* sum) {
        for (int n = 0; n < count; ++n)
          sum[n] *= desk.factor[column / pass.e];
      });
    add_weighted(work, edges, desk, desk.s, v, pass.e, columns, sums);
  }
  sums.merge(columns);
  __syncwarp();
  // 4. the denominator
  if (work.lane < work.heads) {
    const int head = work.head + work.lane;
    const Real factor = by_chunks ? Real(1) : finish.factor(pass, work.row, running.total);
    desk.factor[work.lane] = factor;
    if (blockIdx.z == 0 && by_chunks) {
      shares.largest(work.item, head) = running.largest;
      shares.total(work.item, head) = running.total;
    } else if (blockIdx.z == 0) {
      finish.keep(pass, work.row, head, running.largest, running.total, factor);
    }
  }
  __syncwarp();
  if (columns.side != 0) return;
  Real* to = (by_chunks ? shares.sum : finish.y).row(work.item) + static_cast<Index>(work.head) * pass.e;
  sums.each(columns, [&](int, int column, Real* sum) {
    for (int n = 0; n < count; ++n)
      sum[n] *= desk.factor[column / pass.e];
    store<count>(to + column, sum);
  });
}

/// Thread (long row, head): the shares of its chunks in their order.
struct MergeChunks {
  EdgePass pass;
  Finish finish;
  Shares shares;

  __device__ void operator()(Index n) const {
    const LongRow row = pass.graph.long_rows[n / pass.heads];
    const int head = static_cast<int>(n % pass.heads);
    const bool softmax = pass.row_sum && !pass.is_signed;
    Real largest = softmax ? nothing_yet : Real(0), total = 0;
    for (Index c = row.first; softmax && c < row.last; ++c)
      largest = shares.largest(c, head) > largest ? shares.largest(c, head) : largest;
    for (Index c = row.first; c < row.last; ++c)
      total += scale(c, head, largest) * shares.total(c, head);
    const Real factor = finish.factor(pass, row.row, total);
    finish.keep(pass, row.row, head, largest, total, factor);
    for (int column = head * pass.e; column < (head + 1) * pass.e; ++column) {
      Real sum = 0;
      for (Index c = row.first; c < row.last; ++c)
        sum += scale(c, head, largest) * shares.sum(c, column);
      finish.y(row.row, column) = factor * sum;
    }
  }

 private:
  __device__ Real scale(Index chunk, int head, Real largest) const {
    if (pass.is_signed || !pass.row_sum) return 1;
    const Real mine = shares.largest(chunk, head);
    return mine == nothing_yet ? Real(0) : std::exp(mine - largest);
  }
};

void attend_by(const EdgePass& pass, ConstView v, const Finish& finish, const Shares& shares) {
  const auto kernel = by_fours(pass.e) ? attend_rows<4> : attend_rows<1>;
  const Index panels = std::max<Index>(1, (static_cast<Index>(pass.group()) * pass.e + panel - 1) / panel);
  if (const Index rows = pass.graph.edges.rows; rows > 0)
    launch("attend", shape_of(pass, rows, panels), kernel, pass, v, false, finish, shares);
  if (pass.graph.chunk_count == 0) return;
  launch("attend", shape_of(pass, pass.graph.chunk_count, panels), kernel, pass, v, true, finish, shares);
  for_each("attend", pass.graph.long_row_count * pass.heads, MergeChunks{pass, finish, shares});
}

}  // namespace

void attend_over_rows(const EdgeTerms& terms, const EdgeList& listens, ConstView v, View y, View state,
                      unsigned long long* guarded) {
  const EdgePass pass(terms, listens, v, true);
  const Index chunks = pass.graph.chunk_count;
  Tensor sum(chunks, v.columns, Device::cuda), largest(chunks, terms.heads, Device::cuda);
  Tensor total(chunks, terms.heads, Device::cuda);
  attend_by(pass, v, {y, state, guarded}, {sum, largest, total});
}

Index attend_forward(const EdgeTerms& terms, ConstView v, View y, View state) {
  Buffer guarded(sizeof(unsigned long long), Device::cuda);
  zero_bytes(guarded.data(), Device::cuda, guarded.bytes());
  auto* counter = static_cast<unsigned long long*>(guarded.data());
  attend_over_rows(terms, listens_of(*terms.graph), v, y, state, counter);
  if (!is_signed(terms.kernel) || !terms.row_sum || count_after_replays(counter, terms.guarded)) return 0;
  unsigned long long count = 0;
  copy_bytes(&count, Device::cpu, guarded.data(), Device::cuda, sizeof count);
  return static_cast<Index>(count);
}

}  // namespace mercer::cuda
