#pragma once

#include "mercer/exchange/communicator.hpp"
#include "mercer/partition/share.hpp"

namespace mercer {

/// The graph of this rank: attention over it pulls what other ranks' rows say. The ends of all ranks must outlive their
/// graphs. Throws ValueError when the share is of another number of ranks.
Graph part_graph(const Share& share, Communicator& ranks);

}  // namespace mercer
