#pragma once

#include <algorithm>

#include "backend/cpu/tiles/product.hpp"
#include "backend/row_blocks.hpp"

/// Rows × columns of the score matrix of a topology whose rows hold runs of columns (segments, causal or not).
namespace mercer::cpu::tiles {

constexpr Index block_rows = 48, tile_columns = 128;

/// Up to block_rows rows by up to tile_columns columns. It begins at a multiple of eight and has a multiple of eight
/// columns, so it can hold columns outside of a row's run, even outside of the matrix: those between `begin` and `end`
/// of a row are its own.
struct ScoreTile {
  const EdgeRows& g;
  const RowBlock& block;
  Index first, columns;

  Index rows() const { return block.rows(); }
  Index count() const { return rows() * columns; }
  Index begin(Index r) const { return within(g.run[block.first + r]); }
  Index end(Index r) const { return within(g.run[block.first + r] + g.degree(block.first + r)); }
  /// The columns of the block that the tile holds.
  Index begin() const { return within(block.begin); }
  Index end() const { return within(block.end); }

 private:
  Index within(Index column) const { return std::clamp<Index>(column - first, 0, columns); }
};

/// Calls visit(tile) over the columns of a block. Nothing left of the first or right of the last column is visited: in
/// causal segments, no tile lies beyond the diagonal.
template <class Visit>
void for_each_score_tile(const EdgeRows& g, const RowBlock& block, Visit&& visit) {
  if (block.begin == block.end) return;
  for (Index first = block.begin - block.begin % lane_count; first < block.end; first += tile_columns)
    visit(ScoreTile{g, block, first, std::min(tile_columns, whole_panels(block.end - first))});
}

/// x = value outside of the rows' runs; x [rows, columns].
inline void fill_outside(const ScoreTile& tile, Real value, Real* x) {
  for (Index r = 0; r < tile.rows(); ++r, x += tile.columns) {
    const Index begin = tile.begin(r), end = tile.end(r);
    std::fill(x, x + begin, value);
    std::fill(x + std::max(begin, end), x + tile.columns, value);
  }
}

}  // namespace mercer::cpu::tiles
