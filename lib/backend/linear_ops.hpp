#pragma once

#include <span>

#include "mercer/graph/csr.hpp"
#include "mercer/tensor/view.hpp"

namespace mercer {

/// Rows and columns of segments, with a run of columns for each row. The runs of a segment begin at its first column;
/// `from_end`: they end at its last one.
struct SegmentRuns {
  EdgeRows rows;
  std::span<const Index> row_offset, column_offset;  // [segments + 1]
  bool from_end = false;
};

namespace cpu {

/// y_i = Σ_{j ∈ run i} ⟨a_i, b_j⟩ c_j for each head; a [n, h*d], b [m, h*d], c [m, h*e], y [n, h*e]. The sums of b_jᵀ
/// c_j take time O((n + m) h d e) and memory of the operands' size.
void linear_sums(const SegmentRuns& runs, Index heads, ConstView a, ConstView b, ConstView c, View y);

}  // namespace cpu
}  // namespace mercer
