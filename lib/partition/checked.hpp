#pragma once

#include "mercer/partition/partition.hpp"

namespace mercer::partitioning {

/// Throws ValueError "[op] …" on a part outside 0 … parts − 1.
void check_partition(const char* op, const Partition& partition);

/// Also throws ShapeError unless g is square and has as many nodes as the partition.
void check_partition(const char* op, CsrView g, const Partition& partition);

}  // namespace mercer::partitioning
