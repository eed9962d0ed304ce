#pragma once

#include "backend/cpu/tile.hpp"
#include "mercer/base/random.hpp"

namespace mercer::cpu {

/// α̃ = α ∘ mask / (1 − p), in place, for a tile. The mask of edge (i, j) and head h is bits h % 8 of the draw
/// (i, j) from the stream whose call is call + 2²⁴ ⌊h / 8⌋: the same in passes over rows and over columns.
void drop_edges(const Dropout& drop, const Tile& tile, bool near_listens, Index heads, Real* alpha);

}  // namespace mercer::cpu
