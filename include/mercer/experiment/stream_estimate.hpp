#pragma once

#include <string>

#include "mercer/attention/stream_use.hpp"
#include "mercer/models/build.hpp"

namespace mercer {

/// The memory traffic of a training step, forward and backward, when attention streams through a device. Pieces are
/// those of the training; the passes are found by a step on a graph of two nodes. `neighbourhood` must be streamed.
/// Throws ValueError when a single row is too large.
StreamUse estimate(const Neighbourhood& neighbourhood, const ModelOptions& model, Index features, Index classes);

std::string in_words(const StreamUse& needs);

}  // namespace mercer
