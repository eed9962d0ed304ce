#pragma once

#include <vector>

#include "mercer/partition/partition.hpp"

namespace mercer {

/// What one part holds, and what it hears from others.
struct PartFacts {
  Index nodes = 0;
  Edge edges = 0;    // slots of its rows
  Edge cut = 0;      // those of them whose source another part owns
  Index ghosts = 0;  // sources that other parts own, each once: the rows of its halo
};

/// How good a partition is, counted edge by edge on the graph as it is: directions, loops and duplicates count.
struct PartitionFacts {
  std::vector<PartFacts> part;  // [parts]
  PartFacts sum;                // a node that several parts hear is a ghost in each
  double cut_share = 0;         // cut / edges; 0 without edges
  double node_imbalance = 1;    // most nodes of a part over the mean of the parts; 1 without nodes
  double edge_imbalance = 1;    // the same of edge slots
};

/// Throws ShapeError when g is not square or the partition has not its number of nodes; ValueError on a part outside
/// 0 … parts − 1.
PartitionFacts measure(CsrView g, const Partition& partition);

}  // namespace mercer
