#pragma once

#include <algorithm>
#include <array>

#include "mercer/graph/csr.hpp"

namespace mercer::cpu {

/// The edges of one row that stand in a tile.
struct Segment {
  Index row;
  int first, last;    // places in the tile
  bool begins, ends;  // does the row begin, end here? Both unless it is longer than a tile
};

/// Up to `capacity` edges of neighbouring rows, copied together so that loops over them are flat and their
/// intermediate values stay in the first-level cache.
struct Tile {
  static constexpr int capacity = 256;
  int edges = 0;
  int segments = 0;
  std::array<Segment, capacity> segment;
  std::array<Node, capacity> near;  // the row
  std::array<Node, capacity> far;   // the column
  std::array<Edge, capacity> slot;  // in g

  const Segment* begin() const { return segment.data(); }
  const Segment* end() const { return segment.data() + segments; }
};

/// Calls visit(tile) for the rows first … last − 1 of g, in order; only edges whose column `takes` are seen.
template <class Takes, class Visit>
void for_each_tile(CsrView g, Index first, Index last, Takes&& takes, Visit&& visit) {
  Tile tile;
  const auto flush = [&] {
    if (tile.segments > 0) visit(static_cast<const Tile&>(tile));
    tile.edges = tile.segments = 0;
  };
  for (Index i = first; i < last; ++i) {
    const Edge end = g.offset[i + 1];
    if (tile.segments == Tile::capacity || tile.edges + g.degree(i) > Tile::capacity) flush();
    Edge e = g.offset[i];
    bool begins = true;
    do {
      const int start = tile.edges;
      for (; e < end && tile.edges < Tile::capacity; ++e) {
        const Node j = g.neighbour[e];
        if (!takes(j)) continue;
        const auto at = static_cast<std::size_t>(tile.edges++);
        tile.near[at] = static_cast<Node>(i);
        tile.far[at] = j;
        tile.slot[at] = e;
      }
      tile.segment[static_cast<std::size_t>(tile.segments++)] = {i, start, tile.edges, begins, e == end};
      if (e < end) flush();
      begins = false;
    } while (e < end);
  }
  flush();
}

struct TakesAll {
  bool operator()(Node) const { return true; }
};

}  // namespace mercer::cpu
