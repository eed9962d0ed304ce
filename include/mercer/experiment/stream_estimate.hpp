#pragma once

#include <string>

#include "mercer/attention/stream_use.hpp"
#include "mercer/models/build.hpp"

namespace mercer {

/// What a step of training takes, forward and backward, when attention streams through a device: counted on the pieces
/// that training will use; the passes are those of a step on a graph of one node. `neighbourhood` is streamed. Throws
/// ValueError when a row by itself is too large.
StreamUse estimate(const Neighbourhood& neighbourhood, const ModelOptions& model, Index features, Index classes);

std::string in_words(const StreamUse& needs);

}  // namespace mercer
