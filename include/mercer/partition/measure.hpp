#pragma once

#include <vector>

#include "mercer/partition/partition.hpp"

namespace mercer {

/// The sizes of one part and of its halo.
struct PartFacts {
  Index nodes = 0;
  Edge edges = 0;    // slots of its rows
  Edge cut = 0;      // edge slots whose source belongs to another part
  Index ghosts = 0;  // distinct sources in other parts: the rows of its halo
};

/// The quality of a partition, counted over all edge slots: directions, loops and duplicates count.
struct PartitionFacts {
  std::vector<PartFacts> part;  // [parts]
  PartFacts sum;                // a node counts as a ghost once in each part that needs it
  double cut_share = 0;         // cut / edges; 0 without edges
  double node_imbalance = 1;    // nodes of the largest part over the mean of the parts; 1 without nodes
  double edge_imbalance = 1;    // the same for edge slots
};

/// Throws ShapeError when g is not square or the partition is of another number of nodes; ValueError on a part outside
/// 0 … parts − 1.
PartitionFacts measure(CsrView g, const Partition& partition);

}  // namespace mercer
