#pragma once

#include "mercer/base/brain_float.hpp"
#include "mercer/base/types.hpp"
#include "mercer/kernel/loops/prefetch.hpp"
#include "mercer/kernel/loops/tile.hpp"

namespace mercer::cpu {

/// A matrix of Real or BrainFloat, read by rows.
template <class Value>
struct RowsOf {
  const Value* data;
  Index columns;
  const Value* row(Index i) const { return data + i * columns; }
};

/// A matrix, read by rows. Where `brain` is set, its values are those; only loops that say so are given such rows.
struct Rows {
  Rows() = default;
  Rows(const Real* values, Index width) : data(values), columns(width), ahead(width * Index{sizeof(Real)}) {}
  Rows(const BrainFloat* values, Index width)
      : columns(width), brain(values), ahead(width * Index{sizeof(BrainFloat)}) {}
  const Real* row(Index i) const { return data + i * columns; }

  const Real* data = nullptr;
  Index columns = 0;
  const BrainFloat* brain = nullptr;
  Ahead ahead{0};
};

/// The ends of a tile's edges. `near` holds the rows of the segments, `far` the rows that vary within a segment.
/// Kernels are symmetric: (near, far) is (q, k) in a pass over rows and (k, q) in a pass over columns.
struct Ends {
  Rows near, far;  // [·, h*d]
  Rows weight;     // [1, h*d], or none
  Index heads;
  Index width() const { return near.columns / heads; }
};

template <class Value>
struct EndsOf {
  RowsOf<Value> near, far;
};

namespace {

/// f(rows) with RowsOf<Real> or RowsOf<BrainFloat>; the same of both ends, whose values are of one kind.
template <class F>
inline void with_values(const Rows& x, F&& f) {
  if (x.brain != nullptr)
    f(RowsOf<BrainFloat>{x.brain, x.columns});
  else
    f(RowsOf<Real>{x.data, x.columns});
}
template <class F>
inline void with_values(const Ends& x, F&& f) {
  if (x.far.brain != nullptr)
    f(EndsOf<BrainFloat>{{x.near.brain, x.near.columns}, {x.far.brain, x.far.columns}});
  else
    f(EndsOf<Real>{{x.near.data, x.near.columns}, {x.far.data, x.far.columns}});
}

}  // namespace

/// How one product of matrices gives t of many pairs: as ⟨q, k⟩, as ‖q‖² + ‖k‖² − 2 ⟨q, k⟩, or not at all.
enum class MatrixPairing { none, dot, squared_distance };

/// The loops of one kernel over a tile. Buffers are [edges of the tile, h], t and dt [edges of the tile, h, values].
/// `kappa` points to the kernel.
struct KernelLoops {
  bool is_signed;
  Index values;  // numbers t of an edge and head: 1, or more for a kernel of whole rows
  /// Fills t with the pairing, and f with ln κ(t) of a positive kernel, κ(t) of a signed one.
  void (*score)(const void* kappa, const Ends&, const Tile&, Real* t, Real* f);
  /// Replaces t by dt = df · f′(t).
  void (*slope)(const void* kappa, const Real* df, Real* t, Index count);
  /// dnear_i += Σ dt ∂t/∂near over one segment.
  void (*add_near)(const void* kappa, const Ends&, const Tile&, const Segment&, const Real* dt, Real* dnear);
  /// dweight += Σ dt ∂t/∂weight over one segment; null for a kernel without a weight.
  void (*add_weight)(const void* kappa, const Ends&, const Tile&, const Segment&, const Real* dt, Real* dweight);
  /// For segments. With a product, `value` replaces t by f as score does, and slope is used as above.
  MatrixPairing product = MatrixPairing::none;
  void (*value)(const void* kappa, Real* t, Index count) = nullptr;
  bool reads_brain = false;  // may both ends be BrainFloats?
};

}  // namespace mercer::cpu
