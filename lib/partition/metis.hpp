#pragma once

#include <cstdint>
#include <vector>

#include "mercer/partition/partition.hpp"

namespace mercer::partitioning {

/// What METIS makes of a symmetric graph without loops and duplicates, of at least 2 parts; some may be empty.
Partition partition_by_metis(CsrView g, const PartitionOptions& options);

/// How many METIS can count: edge slots, and parts, of which it takes 30 times as many nodes to coarsen to.
Edge most_edges();
Index most_parts();

/// Throws what a status of METIS means: std::bad_alloc or std::runtime_error.
void check_status(int status);

}  // namespace mercer::partitioning
