#pragma once

#include <vector>

#include "backend/linear_ops.hpp"
#include "backend/row_blocks.hpp"

namespace mercer {

/// Up to `most` columns of one segment.
struct LinearChunk {
  static constexpr Index most = 256;
  Index begin, end, segment;
};

/// Rows of one segment. The chunks that all their runs hold are summed in the state of one chunk; the block's columns
/// are the rest of the runs.
struct LinearBlock {
  RowBlock rest;
  Index state;  // −1: none
};

/// The columns of segments in chunks, and the rows in blocks of up to `block_rows`.
struct LinearBlocks {
  LinearBlocks(const SegmentRuns& runs, Index block_rows);

  std::vector<LinearChunk> chunks;
  std::vector<Index> first_chunk{0};  // [segments + 1]
  std::vector<LinearBlock> blocks;
};

}  // namespace mercer
