#pragma once

#include "backend/cpu/edge_pass.hpp"

namespace mercer::cpu {

/// α̃ = α ∘ mask / (1 − p), in place, for a tile. The mask of edge (i, j) and head h is bits h % 8 of the draw
/// (i, j), by numbers of the whole graph, from the stream whose call is call + 2²⁴ ⌊h / 8⌋: the same in passes over
/// rows and over columns.
void drop_edges(const EdgePass& pass, const Tile& tile, Real* alpha);

}  // namespace mercer::cpu
