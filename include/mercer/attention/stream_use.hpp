#pragma once

#include <cstddef>

#include "mercer/attention/neighbourhood.hpp"

namespace mercer {

/// What it takes to stream attention through a device.
struct StreamUse {
  std::size_t slot_bytes = 0;   // of the largest piece; two are on the device at a time
  std::size_t moved_bytes = 0;  // to the device and back, by all passes
  std::size_t passes = 0;       // over the edges
  std::size_t most_pieces = 0;  // of a pass
};

/// What the passes that attention asked for over `sample`, and over its edges turned round, would take over
/// `neighbourhood`; both are streamed. So the passes of a step on a graph of one node tell those of training, counted
/// on the pieces that training will use. Throws ValueError when one is not streamed, or when a row by itself is too
/// large for a slot.
StreamUse stream_use(const Neighbourhood& neighbourhood, const Neighbourhood& sample);
/// What the passes so far took.
inline StreamUse stream_use(const Neighbourhood& neighbourhood) { return stream_use(neighbourhood, neighbourhood); }

}  // namespace mercer
