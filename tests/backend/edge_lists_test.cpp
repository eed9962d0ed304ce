#include <doctest/doctest.h>

#include "backend/edge_list.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/topology.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("blocks cover all rows in order, and are kept with the topology") {
  const Graph g(star(9000));
  const EdgeLists lists = cpu::edge_lists(g.view());
  const auto blocks = lists.adjacency.blocks;
  CHECK(blocks.front() == 0);
  CHECK(blocks.back() == 9000);
  CHECK(blocks[1] == 1);  // the hub alone
  for (std::size_t b = 0; b + 1 < blocks.size(); ++b)
    CHECK(blocks[b] < blocks[b + 1]);
  const Graph copy = g, empty;
  CHECK(cpu::edge_lists(copy.view()).adjacency.blocks.data() == blocks.data());
  CHECK(cpu::edge_lists(empty.view()).adjacency.blocks.size() == 1);
}

TEST_CASE("lists have the slots and node numbers of the topology") {
  const Graph ring(cycle(5));
  const EdgeLists plain = cpu::edge_lists(ring.view());
  CHECK(plain.adjacency.slots == nullptr);
  CHECK(plain.transpose.slots != nullptr);
  CHECK(plain.transpose.number_of_near(3) == 3);
  const Block block = full_block(ring, std::vector<Node>{3, 1});
  const EdgeLists of_block = cpu::edge_lists(block.view());
  CHECK(of_block.adjacency.number_of_near(1) == 1);
  CHECK(of_block.adjacency.number_of_far(2) == 4);
  CHECK(of_block.transpose.number_of_near(2) == 4);
  CHECK(of_block.transpose.number_of_far(0) == 3);
}
