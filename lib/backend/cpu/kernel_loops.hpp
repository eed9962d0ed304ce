#pragma once

#include "backend/cpu/tile.hpp"
#include "mercer/kernel/catalogue.hpp"
#include "mercer/tensor/view.hpp"

namespace mercer::cpu {

/// The ends of a tile's edges: `near` holds the rows that the segments name, `far` those that vary within one.
/// Pairings are symmetric, so that (near, far) is (q, k) in a pass over rows and (k, q) in one over columns.
struct Ends {
  ConstView near, far;  // [·, h*d]
  ConstView weight;     // [1, h*d], or none
  Index heads;
  Index width() const { return near.columns / heads; }
};

/// What a pass needs of one kernel, for a tile at a time; buffers are [edges of the tile, h], t and dt
/// [edges of the tile, h, values].
struct KernelLoops {
  bool is_signed;
  Index values;  // that make one κ: 1, the pairing, unless the kernel is one of whole rows
  /// t = the pairing; f = ln κ(t) of a positive kernel, κ(t) of a signed one.
  void (*score)(const AnyKernel&, const Ends&, const Tile&, Real* t, Real* f);
  /// dt = df · f′(t), in place of t.
  void (*slope)(const AnyKernel&, const Real* df, Real* t, Index count);
  /// dnear_i += Σ dt ∂t/∂near over one segment.
  void (*add_near)(const AnyKernel&, const Ends&, const Tile&, const Segment&, const Real* dt, Real* dnear);
  /// dweight += Σ dt ∂t/∂weight over one segment.
  void (*add_weight)(const AnyKernel&, const Ends&, const Tile&, const Segment&, const Real* dt, Real* dweight);
};

KernelLoops loops_of(const AnyKernel& kernel);

}  // namespace mercer::cpu
