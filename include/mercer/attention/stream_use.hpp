#pragma once

#include <cstddef>

#include "mercer/attention/neighbourhood.hpp"

namespace mercer {

/// The memory and traffic of streaming attention through a device.
struct StreamUse {
  std::size_t slot_bytes = 0;   // size of the largest piece; two are on the device at a time
  std::size_t moved_bytes = 0;  // bytes to the device and back, in all passes
  std::size_t passes = 0;       // passes over the edges
  std::size_t most_pieces = 0;  // the largest number of pieces in a pass
};

/// Estimates the use over `neighbourhood` of the same passes that attention has made over `sample` and its reversed
/// edges: a training step on a graph of one node gives the use of training. Throws ValueError when one of them is not
/// streamed, or when a single row is too large for a slot.
StreamUse stream_use(const Neighbourhood& neighbourhood, const Neighbourhood& sample);
/// The use of the passes so far.
inline StreamUse stream_use(const Neighbourhood& neighbourhood) { return stream_use(neighbourhood, neighbourhood); }

}  // namespace mercer
