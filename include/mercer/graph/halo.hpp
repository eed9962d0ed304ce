#pragma once

#include <span>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/graph/csr.hpp"

namespace mercer {

/// A run of a graph's nodes: whom they attend to and who attends to them, their own edges and those that cross. Column
/// c of either direction is own row c, from c = rows on a node of another part.
struct GraphPart {
  Index first = 0, nodes = 0;              // own row i is node first + i of the graph's nodes
  Csr adjacency{}, transpose{};            // [rows, rows + ghosts], neighbours in the order of the graph
  std::vector<Edge> slots{};               // [edges of transpose]  of adjacency; from its edges on: of the halo's edges
  std::vector<Node> sources{}, targets{};  // [columns of adjacency, of transpose]  their numbers in the graph
};

/// One matrix in an exchange between parts: the rows of this part, and room for those of the others.
struct HaloRows {
  const Real* own;  // [rows, columns]
  Real* ghosts;     // [ghosts, columns]
  Index columns;
};

/// How a part hears the others. Who holds a row sends it to those who ask for it: nothing is added up on the way, but
/// for what is a sum over all nodes, so that results don't depend on the parts.
class Halo {
 public:
  enum class Side {
    sources,  // from elsewhere, to whom own rows listen
    targets,  // from elsewhere, who attend to own rows
    edges,    // of these targets to own rows
  };

  virtual ~Halo() = default;
  /// Rows that come from other parts.
  virtual Index ghosts(Side side) const = 0;
  /// Fills the ghosts of all matrices, on one device. Every part has to call it, in the same order.
  virtual void pull(Side side, std::span<const HaloRows> matrices, Device device) const = 0;
  /// x ← Σ over parts of x, `count` values, the same bits in all of them. Every part has to call it.
  virtual void add_up(Real* x, Index count, Device device) const = 0;
};

}  // namespace mercer
