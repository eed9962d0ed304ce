#pragma once

#include "mercer/exchange/communicator.hpp"
#include "mercer/partition/halo.hpp"

namespace mercer {

/// Attention over this rank's part of a graph, which pulls what other ranks' rows hold: see Neighbourhood. The ends of
/// all ranks must outlive it. Throws ValueError when the part is of another number of ranks.
Partitioned partitioned(const Part& part, Communicator& ranks);

}  // namespace mercer
