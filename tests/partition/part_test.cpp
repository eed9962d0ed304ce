#include "mercer/partition/part.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "mercer/base/check.hpp"
#include "partition/graphs.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Partition cut_of(Index nodes, const std::vector<Index>& firsts) {
  Partition cut{.of = {}, .parts = std::ssize(firsts)};
  for (Index i = 0; i < nodes; ++i)
    cut.of.push_back(static_cast<std::int32_t>(std::ranges::upper_bound(firsts, i) - firsts.begin()) - 1);
  return cut;
}

/// The slots in the whole graph of a part's ghost edges, as sent by their owners.
std::vector<Edge> ghost_slots(const Graph& whole, const std::vector<Part>& parts, std::size_t p) {
  std::vector<Edge> slots;
  for (const PartRange& from : parts[p].edge_halo.receive) {
    const Part& owner = parts[static_cast<std::size_t>(from.part)];
    const auto sent = std::ranges::find(owner.edge_halo.send, static_cast<std::int32_t>(p), &PartRange::part);
    REQUIRE(sent != owner.edge_halo.send.end());
    REQUIRE(sent->last - sent->first == from.last - from.first);
    REQUIRE(from.first == std::ssize(slots));
    for (Index at = sent->first; at < sent->last; ++at)
      slots.push_back(whole.adjacency().offset[owner.first()] + owner.edge_halo.sent[static_cast<std::size_t>(at)]);
  }
  return slots;
}

/// Both directions of a part, slot by slot, in node numbers of the whole graph.
void check_part(const Graph& whole, const std::vector<Part>& parts, std::size_t p) {
  const Part& part = parts[p];
  const CsrView adjacency = part.graph.adjacency(), transpose = part.graph.transpose();
  const Edge first = whole.adjacency().offset[part.first()], first_reversed = whole.transpose().offset[part.first()];
  for (Edge e = 0; e < adjacency.edges(); ++e)
    CHECK(part.sources[static_cast<std::size_t>(adjacency.neighbour[e])] == whole.adjacency().neighbour[first + e]);
  const std::vector<Edge> ghosts = ghost_slots(whole, parts, p);
  CHECK(std::ssize(ghosts) == part.edge_halo.ghosts);
  for (Edge e = 0; e < transpose.edges(); ++e) {
    CHECK(part.targets[static_cast<std::size_t>(transpose.neighbour[e])] ==
          whole.transpose().neighbour[first_reversed + e]);
    const Edge slot = part.graph.slots()[static_cast<std::size_t>(e)], own = adjacency.edges();
    const Edge want = whole.slots()[static_cast<std::size_t>(first_reversed + e)];
    CHECK((slot < own ? first + slot : ghosts.at(static_cast<std::size_t>(slot - own))) == want);
  }
}

}  // namespace

TEST_CASE("parts hold both directions and the place of every edge's operands") {
  for (const Csr& g : {hub_and_scattered(40), cycle(40), star(40), no_edges(40)})
    for (const std::vector<Index>& firsts :
         {std::vector<Index>{0}, {0, 17}, {0, 9, 9}, {0, 1, 13, 33}, {0, 0, 40, 40}}) {
      const Graph whole(g);
      const std::vector<Part> parts = parts_of(whole, cut_of(40, firsts));
      REQUIRE(parts.size() == firsts.size());
      Index rows = 0;
      for (std::size_t p = 0; p < parts.size(); ++p) {
        CHECK(parts[p].first() == rows);
        rows = parts[p].last();
        check_part(whole, parts, p);
      }
      CHECK(rows == 40);
    }
}

TEST_CASE("parts that are not consecutive nodes are refused; after relabel they are") {
  const Graph whole(cycle(5));
  const Partition mixed{{0, 1, 0, 2, 1}, 3};
  CHECK(message_of<ValueError>([&] { parts_of(whole, mixed); }) ==
        "[parts_of] parts: node 2 is in an earlier part than the node before, want runs of nodes: number them by "
        "relabel");
  CHECK(relabelled(mixed).of == std::vector<std::int32_t>{0, 0, 1, 1, 2});
  const Graph renumbered(induced(whole.csr(), relabel(mixed)));
  CHECK(parts_of(renumbered, relabelled(mixed)).size() == 3);
}
