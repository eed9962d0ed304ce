#include "backend/cpu/tile.hpp"

#include <doctest/doctest.h>

#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a tile holds the edges of its rows in order, and then the columns of the next tile's first edges") {
  for (const Csr& edges : {symmetrised(star(600)), scattered(300), no_edges(5)}) {
    const Graph graph(edges);
    const CsrView g = graph.adjacency();
    Edge seen = 0;
    cpu::for_each_tile(g, 0, g.rows, cpu::TakesAll{}, [&](const cpu::Tile& tile) {
      for (int e = 0; e < tile.known; ++e)
        CHECK(tile.far[static_cast<std::size_t>(e)] == g.neighbour[seen + e]);
      seen += tile.edges;
      CHECK(tile.known == std::min(tile.edges + Edge{cpu::Tile::most_ahead}, g.offset[g.rows] - seen + tile.edges));
    });
    CHECK(seen == graph.edges());
  }
}
