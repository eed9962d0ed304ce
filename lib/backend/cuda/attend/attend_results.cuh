#pragma once

#include <cmath>

#include "backend/cuda/attend/edge_pass.cuh"
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

/// Divides the sums of a row by its denominator.
struct Finish {
  View y;
  Kept kept;
  unsigned long long* guarded;

  /// The factor from the sum to y_ih.
  __device__ Real factor(const EdgePass& pass, Index row, Real total) const {
    if (!pass.row_sum) return pass.is_signed ? std::exp(-shift(pass, row)) : Real(1);
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
      state = shift(pass, row);
    __stwb(&kept.state(row, head), state);
    if (!pass.is_signed || !pass.row_sum) return;
    const bool safe = is_safe_sum(total, pass.guard);
    if (kept.guarded.data != nullptr) __stwb(&kept.guarded(row, head), safe ? Real(0) : Real(1));
    if (!safe && pass.list.edges.degree(row) > 0) atomicAdd(guarded, 1ull);
  }

 private:
  __device__ static Real shift(const EdgePass& pass, Index row) {
    return pass.row_shift.data != nullptr ? pass.row_shift.data[row] : Real(0);
  }
};

/// Thread (long row, head) adds the results of the row's chunks in order and divides by the denominator.
struct MergeChunks {
  EdgePass pass;
  Finish finish;
  Shares shares;

  __device__ void operator()(Index n) const {
    const LongRow row = pass.list.long_rows[n / pass.heads];
    const int head = static_cast<int>(n % pass.heads);
    const Real largest = largest_of(row, head), total = sum(row, head, largest, shares.total, head);
    const Real factor = finish.factor(pass, row.row, total);
    finish.keep(pass, row.row, head, largest, total, factor);
    for (int column = head * pass.e; column < (head + 1) * pass.e; ++column)
      finish.y(row.row, column) = factor * sum(row, head, largest, shares.sum, column);
  }

 protected:
  __device__ Real largest_of(const LongRow& row, int head) const {
    const bool softmax = pass.row_sum && !pass.is_signed;
    Real largest = softmax ? nothing_yet : Real(0);
    for (Index c = row.first; softmax && c < row.last; ++c)
      largest = shares.largest(c, head) > largest ? shares.largest(c, head) : largest;
    return largest;
  }
  __device__ Real sum(const LongRow& row, int head, Real largest, const View& of, int column) const {
    Real sum = 0;
    for (Index c = row.first; c < row.last; ++c)
      sum += scale(c, head, largest) * of(c, column);
    return sum;
  }

 private:
  __device__ Real scale(Index chunk, int head, Real largest) const {
    if (pass.is_signed || !pass.row_sum) return 1;
    const Real mine = shares.largest(chunk, head);
    return mine == nothing_yet ? Real(0) : std::exp(mine - largest);
  }
};

/// The same for slopes, after y.
struct MergeSlopes : MergeChunks {
  __device__ void operator()(Index n) const {
    const LongRow row = pass.list.long_rows[n / pass.heads];
    const int head = static_cast<int>(n % pass.heads);
    const Real largest = largest_of(row, head), total = sum(row, head, largest, shares.total, head);
    const Real factor = finish.factor(pass, row.row, total);
    const Real mean = Finish::mean_slope(pass, factor, sum(row, head, largest, shares.slope_total, head));
    for (int column = head * pass.e; column < (head + 1) * pass.e; ++column)
      finish.kept.slope(row.row, column) =
          factor * sum(row, head, largest, shares.slope_sum, column) - mean * finish.y(row.row, column);
  }
};

}  // namespace mercer::cuda
