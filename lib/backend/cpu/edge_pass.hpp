#pragma once

#include <cstdint>

#include "backend/cpu/tile.hpp"
#include "backend/edge_ops.hpp"

namespace mercer::cpu {

/// One pass over the edges of EdgeTerms: over rows, where a segment holds the sources of a target, or over columns,
/// where it holds the targets of a source.
struct EdgePass {
  EdgePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, ConstView v = {});

  const EdgeTerms& terms;
  const EdgeList& list;
  bool over_rows;
  Ends ends;
  Rows v;
  KernelLoops kernel;
  bool zero_weight_is_one = false;  // as in log_edge_weight

  /// Computes the pairing t; s, the logarithm of all factors of v_j except a signed kernel; and f, the values of a
  /// signed kernel (unused for a positive one). Each [edges of the tile, h].
  void score(const Tile& tile, Real* t, Real* s, Real* f) const;
  /// s += the logarithm of all factors but the kernel.
  void add_magnitude(const Tile& tile, Real* s) const;
  /// s += query_bias_i + key_bias_j, without the mask.
  void add_node_biases(const Tile& tile, Real* s) const;
  Index block_count() const { return static_cast<Index>(list.blocks.size()) - 1; }
  /// Block b holds the rows first_row(b) … first_row(b + 1) − 1.
  Index first_row(Index b) const { return list.blocks[static_cast<std::size_t>(b)]; }
  std::uint32_t number_of_near(Node row) const { return static_cast<std::uint32_t>(list.number_of_near(row)); }
  std::uint32_t number_of_far(Node far) const { return static_cast<std::uint32_t>(list.number_of_far(far)); }
  /// The row of an edge in the edge operands.
  Edge slot(const Tile& tile, int e) const { return list.slot(tile.slot[static_cast<std::size_t>(e)]); }
};

void exp_in_place(Real* x, Index count);

/// Replaces s by exp(s) over the target's denominator: α, without the factor κ of a signed kernel.
void weigh(const EdgePass& pass, const Tile& tile, ConstView state, Real* s);

/// y_h += Σ_e weight_eh x_e for one segment; x_e = row far(e) of x, [·, h*d].
void add_weighted(const Tile& tile, const Segment& row, const Real* weight, const Rows& x, Index heads, Real* y);

/// dot_eh = ⟨near_h, x_e,h⟩ for one segment, near = row `row.row` of `near`. One of both is of Reals.
void dot_rows(const Tile& tile, const Segment& row, const Rows& near, const Rows& x, Index heads, Real* dot);

}  // namespace mercer::cpu
