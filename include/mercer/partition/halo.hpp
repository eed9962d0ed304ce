#pragma once

#include <memory>
#include <span>

#include "mercer/partition/part.hpp"

namespace mercer {

/// One matrix in an exchange between parts: the rows of this part, and memory for rows of other parts.
struct HaloRows {
  const Real* own;  // [rows, columns]
  Real* ghosts;     // [ghosts, columns]
  Index columns;
};

/// Copies rows of other parts. The owner of a row sends it to the parts that need it. Only sums over all nodes are
/// added up across parts; all other results don't depend on the parts.
class Halo {
 public:
  enum class Side {
    sources,  // sources of other parts, of edges to own rows
    targets,  // targets in other parts, of edges from own rows
    edges,    // edges from own rows to these targets
  };

  virtual ~Halo() = default;
  /// The number of ghosts.
  virtual Index ghosts(Side side) const = 0;
  /// Fills the ghosts of all matrices, on one device. Every part must call it, in the same order.
  virtual void pull(Side side, std::span<const HaloRows> matrices, Device device) const = 0;
  /// x ← Σ over parts of x, `count` values, with the same bits on all parts. Every part must call it.
  virtual void add_up(Real* x, Index count, Device device) const = 0;
};

/// The execution of attention over one part of a graph: operands are of its own rows, and rows of other parts are
/// copied through the halo. Every part must call attention.
struct Partitioned {
  std::shared_ptr<const Part> part;
  std::shared_ptr<const Halo> halo;
};

}  // namespace mercer
