#pragma once

#include "backend/linear_blocks.hpp"
#include "mercer/base/buffer.hpp"

namespace mercer::cuda::tiles {

/// The chunks and blocks of one direction of segments on the device in use.
class LinearPlan {
 public:
  explicit LinearPlan(const LinearBlocks& cut);
  /// Made on first use and kept with the topology.
  static const LinearPlan& of(const SegmentRuns& runs);

  const LinearChunk* chunks() const { return static_cast<const LinearChunk*>(chunk_.data()); }
  const Index* first_chunk() const { return static_cast<const Index*>(first_.data()); }  // [segments + 1]
  const LinearBlock* blocks() const { return static_cast<const LinearBlock*>(block_.data()); }
  Index chunk_count, segment_count, block_count;

 private:
  Buffer chunk_, first_, block_;
};

/// The rows of the runs, with the pointers of the device.
EdgeRows rows_on_device(const SegmentRuns& runs);

}  // namespace mercer::cuda::tiles
