#pragma once

#include <cstdint>

#include "backend/cpu/tile.hpp"
#include "backend/edge_ops.hpp"

namespace mercer::cpu {

/// One direction over the edges of EdgeTerms: over rows, where a row's segment holds whom it attends to, or over
/// columns, where it holds who attends to it.
struct EdgePass {
  EdgePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows);

  const EdgeTerms& terms;
  const EdgeList& list;
  bool over_rows;
  Ends ends;
  KernelLoops kernel;

  /// The pairing t; s = the logarithm of all that multiplies v_j, a signed kernel aside; and the values f of that
  /// kernel, which a positive one leaves alone. Each [edges of the tile, h].
  void score(const Tile& tile, Real* t, Real* s, Real* f) const;
  /// s += all but the kernel.
  void add_magnitude(const Tile& tile, Real* s) const;
  Index block_count() const { return static_cast<Index>(list.blocks.size()) - 1; }
  /// Block b holds the rows first_row(b) … first_row(b + 1) − 1.
  Index first_row(Index b) const { return list.blocks[static_cast<std::size_t>(b)]; }
  std::uint32_t number_of_near(Node row) const { return static_cast<std::uint32_t>(list.number_of_near(row)); }
  std::uint32_t number_of_far(Node far) const { return static_cast<std::uint32_t>(list.number_of_far(far)); }
  /// Where the operands of a tile's edge stand.
  Edge slot(const Tile& tile, int e) const { return list.slot(tile.slot[static_cast<std::size_t>(e)]); }
};

void exp_in_place(Real* x, Index count);

/// exp(s) over the denominator of the target, in place of s: α, a signed kernel aside.
void weigh(const EdgePass& pass, const Tile& tile, ConstView state, Real* s);

/// y_h += Σ_e weight_eh x_e for one segment; x_e = row far(e) of x, [·, h*d].
void add_weighted(const Tile& tile, const Segment& row, const Real* weight, ConstView x, Index heads, Real* y);

/// dot_eh = ⟨near_h, x_e,h⟩ for one segment, near = row `row.row` of `near`.
void dot_rows(const Tile& tile, const Segment& row, ConstView near, ConstView x, Index heads, Real* dot);

}  // namespace mercer::cpu
