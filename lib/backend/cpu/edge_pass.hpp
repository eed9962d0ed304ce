#pragma once

#include <cstdint>
#include <span>

#include "backend/cpu/tile.hpp"
#include "backend/edge_ops.hpp"

namespace mercer::cpu {

/// One direction over the edges of EdgeTerms: over rows, where a row's segment holds whom it attends to, or over
/// columns, where it holds who attends to it.
struct EdgePass {
  EdgePass(const EdgeTerms& terms, bool over_rows);

  const EdgeTerms& terms;
  bool over_rows;
  CsrView edges;                  // adjacency() or transpose()
  Index first;                    // the number in the whole graph of row 0
  const Node* number;             // those of the columns; null: as they stand
  std::span<const Index> blocks;  // of its rows
  Ends ends;
  KernelLoops kernel;

  /// The pairing t; s = the logarithm of all that multiplies v_j, a signed kernel aside; and the values f of that
  /// kernel, which a positive one leaves alone. Each [edges of the tile, h].
  void score(const Tile& tile, Real* t, Real* s, Real* f) const;
  /// s += all but the kernel.
  void add_magnitude(const Tile& tile, Real* s) const;
  std::uint32_t number_of_near(Node row) const { return static_cast<std::uint32_t>(first + row); }
  std::uint32_t number_of_far(Node far) const {
    return static_cast<std::uint32_t>(number != nullptr ? number[far] : far);
  }
  /// The edge's slot in graph->adjacency().
  Edge slot(const Tile& tile, int e) const {
    const Edge at = tile.slot[static_cast<std::size_t>(e)];
    return over_rows ? at : terms.graph->slots()[static_cast<std::size_t>(at)];
  }
};

void exp_in_place(Real* x, Index count);

/// exp(s) over the denominator of the target, in place of s: α, a signed kernel aside.
void weigh(const EdgePass& pass, const Tile& tile, ConstView state, Real* s);

/// y_h += Σ_e weight_eh x_e for one segment; x_e = row far(e) of x, [·, h*d].
void add_weighted(const Tile& tile, const Segment& row, const Real* weight, ConstView x, Index heads, Real* y);

/// dot_eh = ⟨near_h, x_e,h⟩ for one segment, near = row `row.row` of `near`.
void dot_rows(const Tile& tile, const Segment& row, ConstView near, ConstView x, Index heads, Real* dot);

}  // namespace mercer::cpu
