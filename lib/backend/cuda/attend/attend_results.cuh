#pragma once

#include <cmath>

#include "backend/cuda/attend/edge_pass.cuh"
#include "backend/cuda/attend/team.cuh"
#include "backend/denominator.hpp"

/// From the sums over a row's edges to y and the saved values.
namespace mercer::cuda {

constexpr Real nothing_yet = -INFINITY;  // the largest logarithm of an empty set

/// The results of a warp for a chunk of a long row. s'_ij is ∂s_ij/∂q_i; its sums exist where slopes are saved.
struct Shares {
  View sum;          // [chunks, h*e]  Σ w_ij v_j
  View largest;      // [chunks, h]    of the logarithms
  View total;        // [chunks, h]    Σ w_ij
  View slope_sum;    // [chunks, h*e]  Σ w_ij s'_ij v_j
  View slope_total;  // [chunks, h]    Σ w_ij s'_ij
};

/// ln of a fixed denominator.
__device__ __forceinline__ Real shift_of(const EdgePass& pass, Index row) {
  return pass.row_shift.data != nullptr ? pass.row_shift.data[row] : Real(0);
}

/// Divides the sums of a row by its denominator.
struct Finish {
  View y;
  Kept kept;
  unsigned long long* guarded;

  /// The factor from the sum to y_ih.
  __device__ Real factor(const EdgePass& pass, Index row, Real total) const {
    if (!pass.row_sum) return pass.is_signed ? std::exp(-shift_of(pass, row)) : Real(1);
    return pass.is_signed ? inverse_of_signed_sum(total, pass.guard) : inverse_of_positive_sum(total);
  }

  /// ∂ ln(denominator)/∂q_i = Σ_j α_ij s'_ij
  __device__ static Real mean_slope(const EdgePass& pass, Real factor, Real slope_total) {
    return pass.row_sum ? factor * slope_total : Real(0);
  }

  /// Saves the row's values for the backward pass. The counter is an integer, so the order of the additions doesn't
  /// matter.
  __device__ void keep(const EdgePass& pass, Index row, int head, Real largest, Real total, Real factor) const {
    Real state = total > 0 ? largest + std::log(total) : log_of_no_sum;
    if (pass.is_signed)
      state = factor;
    else if (!pass.row_sum)
      state = shift_of(pass, row);
    __stwb(&kept.state(row, head), state);
    if (!pass.is_signed || !pass.row_sum) return;
    const bool safe = is_safe_sum(total, pass.guard);
    if (kept.guarded.data != nullptr) __stwb(&kept.guarded(row, head), safe ? Real(0) : Real(1));
    if (!safe && pass.list.edges.degree(row) > 0) atomicAdd(guarded, 1ull);
  }
};

/// A team for each long row and column of y: adds the results of the row's chunks, each lane those of every so many
/// chunks, divides by the denominator, and saves the row's values.
struct MergeChunks {
  EdgePass pass;
  Finish finish;
  Shares shares;

  __device__ void operator()(Index n, const Team& team) const {
    const LongRow row = pass.list.long_rows[n / columns()];
    const int column = static_cast<int>(n % columns()), head = column / pass.e;
    const Real largest = largest_of(row, head, team), total = sum(row, head, largest, shares.total, head, team);
    const Real factor = finish.factor(pass, row.row, total);
    const Real y = factor * sum(row, head, largest, shares.sum, column, team);
    if (team.lane == 0) {
      if (column % pass.e == 0) finish.keep(pass, row.row, head, largest, total, factor);
      finish.y(row.row, column) = y;
    }
    if (finish.kept.slope.data == nullptr) return;
    const Real mean = Finish::mean_slope(pass, factor, sum(row, head, largest, shares.slope_total, head, team));
    const Real slope = factor * sum(row, head, largest, shares.slope_sum, column, team) - mean * y;
    if (team.lane == 0) finish.kept.slope(row.row, column) = slope;
  }

  MERCER_HD Index columns() const { return static_cast<Index>(pass.heads) * pass.e; }

 private:
  __device__ Real largest_of(const LongRow& row, int head, const Team& team) const {
    if (!pass.row_sum || pass.is_signed) return 0;
    Real largest = nothing_yet;
    for (Index c = row.first + team.lane; c < row.last; c += team.lanes)
      largest = shares.largest(c, head) > largest ? shares.largest(c, head) : largest;
    return team.largest(largest);
  }
  __device__ Real sum(const LongRow& row, int head, Real largest, const View& of, int column, const Team& team) const {
    Real sum = 0;
    for (Index c = row.first + team.lane; c < row.last; c += team.lanes)
      sum += scale(c, head, largest) * of(c, column);
    return team.sum(sum);
  }
  __device__ Real scale(Index chunk, int head, Real largest) const {
    if (pass.is_signed || !pass.row_sum) return 1;
    const Real mine = shares.largest(chunk, head);
    return mine == nothing_yet ? Real(0) : std::exp(mine - largest);
  }
};

}  // namespace mercer::cuda
