#pragma once

#include "mercer/exchange/communicator.hpp"
#include "mercer/partition/halo.hpp"

namespace mercer {

/// The execution of attention over this rank's part of a graph, which copies rows of other ranks: see Neighbourhood.
/// The communicators of all ranks must outlive it. Throws ValueError when the part is for another number of ranks.
Partitioned partitioned(const Part& part, Communicator& ranks);

}  // namespace mercer
