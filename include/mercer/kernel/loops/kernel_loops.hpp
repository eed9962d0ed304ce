#pragma once

#include "mercer/base/types.hpp"
#include "mercer/kernel/loops/tile.hpp"

namespace mercer::cpu {

/// A matrix of which rows are read.
struct Rows {
  const Real* data = nullptr;
  Index columns = 0;
  const Real* row(Index i) const { return data + i * columns; }
};

/// The ends of a tile's edges: `near` holds the rows that the segments name, `far` those that vary within one.
/// Kernels are symmetric, so that (near, far) is (q, k) in a pass over rows and (k, q) in one over columns.
struct Ends {
  Rows near, far;  // [·, h*d]
  Rows weight;     // [1, h*d], or none
  Index heads;
  Index width() const { return near.columns / heads; }
};

/// What a pass needs of one kernel, for a tile at a time; buffers are [edges of the tile, h], t and dt
/// [edges of the tile, h, values]. `kappa` points to the kernel.
struct KernelLoops {
  bool is_signed;
  Index values;  // that make one κ: 1, the pairing, unless the kernel is one of whole rows
  /// t = the pairing; f = ln κ(t) of a positive kernel, κ(t) of a signed one.
  void (*score)(const void* kappa, const Ends&, const Tile&, Real* t, Real* f);
  /// dt = df · f′(t), in place of t.
  void (*slope)(const void* kappa, const Real* df, Real* t, Index count);
  /// dnear_i += Σ dt ∂t/∂near over one segment.
  void (*add_near)(const void* kappa, const Ends&, const Tile&, const Segment&, const Real* dt, Real* dnear);
  /// dweight += Σ dt ∂t/∂weight over one segment; null without a weight.
  void (*add_weight)(const void* kappa, const Ends&, const Tile&, const Segment&, const Real* dt, Real* dweight);
};

}  // namespace mercer::cpu
