#pragma once

#include <span>

#include "backend/edge_list.hpp"
#include "mercer/tensor/view.hpp"

/// The loops of attend_linear, declared once for both backends. Nothing is checked here.
namespace mercer {

/// Rows and columns of segments, with a run of columns for each row. The runs of a segment begin at its first column;
/// `from_end`: they end at its last one.
struct SegmentRuns {
  TopologyView topology{};
  bool over_rows = true;                               // false: rows are sources, columns are targets
  std::span<const Index> row_offset, column_offset{};  // [segments + 1]
  bool from_end = false;

  const EdgeRows& rows() const { return over_rows ? topology.adjacency : topology.transpose; }  // of the host
};

/// What divides the sums of a row: the sum of its weights, guarded if κ is signed, or its degree^power.
struct LinearDenominator {
  bool row_sum = true, is_signed = true;
  Real guard = 0, power = 0;
};

namespace cpu {
#include "backend/linear_ops.inc"
}
namespace cuda {
#include "backend/linear_ops.inc"
}

}  // namespace mercer
