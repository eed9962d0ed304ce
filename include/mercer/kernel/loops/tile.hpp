#pragma once

#include <array>

#include "mercer/base/types.hpp"

namespace mercer::cpu {

/// The edges of one row in a tile.
struct Segment {
  Index row;
  int first, last;    // places in the tile
  bool begins, ends;  // does the row begin or end here? Both, unless it is longer than a tile
};

/// Up to `capacity` edges of consecutive rows, copied together so that loops over them are flat and their intermediate
/// values stay in the first-level cache.
struct Tile {
  static constexpr int capacity = 256, most_ahead = 16;
  int edges = 0;
  int segments = 0;
  int known = 0;  // entries of far: `edges`, and a few of the next tile, to be asked for
  std::array<Segment, capacity> segment;
  std::array<Node, capacity + most_ahead> near, far;  // the row and the column
  std::array<Edge, capacity> slot;                    // in the graph

  const Segment* begin() const { return segment.data(); }
  const Segment* end() const { return segment.data() + segments; }
};

}  // namespace mercer::cpu
