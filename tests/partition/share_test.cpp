#include "mercer/partition/share.hpp"

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

/// Slots in the whole graph of a share's ghost edges, as their owners send them.
std::vector<Edge> ghost_slots(const Graph& whole, const std::vector<Share>& shares, std::size_t p) {
  std::vector<Edge> slots;
  for (const PartRange& from : shares[p].edges.receive) {
    const Share& owner = shares[static_cast<std::size_t>(from.part)];
    const auto sent = std::ranges::find(owner.edges.send, static_cast<std::int32_t>(p), &PartRange::part);
    REQUIRE(sent != owner.edges.send.end());
    REQUIRE(sent->last - sent->first == from.last - from.first);
    REQUIRE(from.first == std::ssize(slots));
    for (Index at = sent->first; at < sent->last; ++at)
      slots.push_back(whole.adjacency().offset[owner.first()] + owner.edges.sent[static_cast<std::size_t>(at)]);
  }
  return slots;
}

/// Both directions, slot by slot, in the numbers of the whole graph.
void check_share(const Graph& whole, const std::vector<Share>& shares, std::size_t p) {
  const Share& share = shares[p];
  const CsrView adjacency = share.graph.adjacency, transpose = share.graph.transpose;
  const Edge first = whole.adjacency().offset[share.first()], first_reversed = whole.transpose().offset[share.first()];
  for (Edge e = 0; e < adjacency.edges(); ++e)
    CHECK(share.graph.sources[static_cast<std::size_t>(adjacency.neighbour[e])] ==
          whole.adjacency().neighbour[first + e]);
  const std::vector<Edge> ghosts = ghost_slots(whole, shares, p);
  CHECK(std::ssize(ghosts) == share.edges.ghosts);
  for (Edge e = 0; e < transpose.edges(); ++e) {
    CHECK(share.graph.targets[static_cast<std::size_t>(transpose.neighbour[e])] ==
          whole.transpose().neighbour[first_reversed + e]);
    const Edge slot = share.graph.slots[static_cast<std::size_t>(e)], own = adjacency.edges();
    const Edge want = whole.slots()[static_cast<std::size_t>(first_reversed + e)];
    CHECK((slot < own ? first + slot : ghosts.at(static_cast<std::size_t>(slot - own))) == want);
  }
}

}  // namespace

TEST_CASE("shares hold both directions and know where the operands of every edge stand") {
  for (const Csr& g : {hub_and_scattered(40), cycle(40), star(40), no_edges(40)})
    for (const std::vector<Index>& firsts :
         {std::vector<Index>{0}, {0, 17}, {0, 9, 9}, {0, 1, 13, 33}, {0, 0, 40, 40}}) {
      const Graph whole(g);
      const std::vector<Share> shares = shares_of(whole, cut_of(40, firsts));
      REQUIRE(shares.size() == firsts.size());
      Index rows = 0;
      for (std::size_t p = 0; p < shares.size(); ++p) {
        CHECK(shares[p].first() == rows);
        rows = shares[p].last();
        check_share(whole, shares, p);
      }
      CHECK(rows == 40);
    }
}

TEST_CASE("parts that are no runs are refused; relabelled they are runs") {
  const Graph whole(cycle(5));
  const Partition mixed{{0, 1, 0, 2, 1}, 3};
  CHECK(message_of<ValueError>([&] { shares_of(whole, mixed); }) ==
        "[shares_of] parts: node 2 is in an earlier part than the node before, want runs of nodes: number them by "
        "relabel");
  CHECK(relabelled(mixed).of == std::vector<std::int32_t>{0, 0, 1, 1, 2});
  const Graph renumbered(induced(whole.csr(), relabel(mixed)));
  CHECK(shares_of(renumbered, relabelled(mixed)).size() == 3);
}
