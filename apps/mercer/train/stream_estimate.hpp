#pragma once

#include <cstddef>
#include <string>

#include "mercer/graph/graph.hpp"
#include "mercer/models/build.hpp"

namespace mercer::program {

/// What it takes to train a model whose attention streams through a device.
struct StreamEstimate {
  std::size_t slot_bytes = 0;   // there are two
  std::size_t moved_bytes = 0;  // to the device and back, for one step: forward and backward
  std::size_t passes = 0;       // over the graph, in a step
  std::size_t most_pieces = 0;  // of a pass
};

/// Counted on the pieces that training will use: the passes are those of a step on a graph of one node. `graph` is
/// streamed. Throws ValueError when a row by itself is too large.
StreamEstimate estimate(const Graph& graph, const ModelOptions& model, Index features, Index classes);

std::string in_words(const StreamEstimate& needs);

}  // namespace mercer::program
