#pragma once

#include "mercer/partition/partition.hpp"

namespace mercer::partitioning {

/// Throws ValueError on a part outside 0 … parts − 1; `op` asks.
void check_partition(const char* op, const Partition& partition);

/// The same, and ShapeError unless it is a partition of the nodes of the square graph g.
void check_partition(const char* op, CsrView g, const Partition& partition);

}  // namespace mercer::partitioning
