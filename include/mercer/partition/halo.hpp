#pragma once

#include <memory>
#include <span>

#include "mercer/partition/part.hpp"

namespace mercer {

/// One matrix in an exchange between parts: the rows of this part, and room for those of the others.
struct HaloRows {
  const Real* own;  // [rows, columns]
  Real* ghosts;     // [ghosts, columns]
  Index columns;
};

/// How a part gets rows of the other parts. Who holds a row sends it to those who ask for it: nothing is added up on
/// the way, but for what is a sum over all nodes, so that results don't depend on the parts.
class Halo {
 public:
  enum class Side {
    sources,  // from elsewhere, to which own rows attend
    targets,  // from elsewhere, which attend to own rows
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

/// How attention runs over one part of a graph: its operands are those of own rows, and what the other parts hold is
/// pulled. Every part has to call it.
struct Partitioned {
  std::shared_ptr<const Part> part;
  std::shared_ptr<const Halo> halo;
};

}  // namespace mercer
