#pragma once

#include <cstdint>
#include <vector>

#include "mercer/partition/partition.hpp"

namespace mercer::partitioning {

/// METIS's partition of a symmetric graph without loops and duplicates, for at least 2 parts; some may be empty.
Partition partition_by_metis(CsrView g, const PartitionOptions& options);

/// METIS's limits by its index type: edge slots, and parts (it coarsens to 30 nodes a part).
Edge most_edges();
Index most_parts();

/// Throws std::bad_alloc or std::runtime_error when the status of METIS is an error.
void check_status(int status);

}  // namespace mercer::partitioning
