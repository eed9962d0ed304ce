#pragma once

#include <algorithm>

#include "mercer/graph/csr.hpp"
#include "mercer/kernel/loops/tile.hpp"

namespace mercer::cpu {

/// Calls visit(tile) for the rows first … last − 1 of g, in order; edges whose column is not taken are skipped.
template <class Takes, class Visit>
void for_each_tile(EdgeRows g, Index first, Index last, Takes&& takes, Visit&& visit) {
  Tile tile;
  // the tile ends before edge `next`
  const auto flush = [&](Edge next) {
    tile.known = tile.edges;
    const Edge known = g.neighbour == nullptr ? next : std::min(g.offset[last], next + Tile::most_ahead);
    for (; next < known; ++next)
      tile.far[static_cast<std::size_t>(tile.known++)] = g.neighbour[next];
    if (tile.segments > 0) visit(static_cast<const Tile&>(tile));
    tile.edges = tile.segments = 0;
  };
  for (Index i = first; i < last; ++i) {
    const Edge end = g.offset[i + 1];
    if (tile.segments == Tile::capacity || tile.edges + g.degree(i) > Tile::capacity) flush(g.offset[i]);
    Edge e = g.offset[i];
    // the column of edge e, from the list or from the row's run
    const Node* const listed = g.neighbour;
    const Edge run = listed == nullptr && e < end ? g.run[i] - e : 0;
    bool begins = true;
    do {
      const int start = tile.edges;
      for (; e < end && tile.edges < Tile::capacity; ++e) {
        const Node j = listed != nullptr ? listed[e] : static_cast<Node>(run + e);
        if (!takes(j)) continue;
        const auto at = static_cast<std::size_t>(tile.edges++);
        tile.near[at] = static_cast<Node>(i);
        tile.far[at] = j;
        tile.slot[at] = e;
      }
      tile.segment[static_cast<std::size_t>(tile.segments++)] = {i, start, tile.edges, begins, e == end};
      if (e < end) flush(e);
      begins = false;
    } while (e < end);
  }
  flush(g.offset[last]);
}

struct TakesAll {
  bool operator()(Node) const { return true; }
};

}  // namespace mercer::cpu
