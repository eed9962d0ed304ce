#include "mercer/partition/share.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "partition/checked.hpp"

namespace mercer {
namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

HaloLists lists_of(Part& part) {
  return {.sent = std::move(part.sent),
          .send = std::move(part.send),
          .receive = std::move(part.receive),
          .ghosts = std::ssize(part.halo)};
}

/// Numbers in the whole graph of the columns of a part's local graph.
std::vector<Node> numbers_of(const Part& part) {
  std::vector<Node> numbers = part.own;
  numbers.insert(numbers.end(), part.halo.begin(), part.halo.end());
  return numbers;
}

/// Finds for each edge of transpose() where its operands stand: at the slot of an own row, or among the halo's edges.
class Slots {
 public:
  Slots(const Graph& whole, const Partition& partition, std::vector<Share>& shares)
      : whole_(whole), owner_(partition.of), shares_(shares) {}

  void find() {
    for (std::size_t p = 0; p < shares_.size(); ++p)
      find(static_cast<std::int32_t>(p));
  }

 private:
  struct Crossing {
    std::int32_t owner;
    Edge slot;   // in the whole graph
    Edge place;  // in transpose()

    bool operator<(const Crossing& other) const { return std::pair(owner, slot) < std::pair(other.owner, other.slot); }
  };

  Edge first_slot(const Share& share) const { return whole_.adjacency().offset[share.first()]; }

  void find(std::int32_t p) {
    Share& share = shares_[at(p)];
    const CsrView transpose = whole_.transpose();
    const Edge first = transpose.offset[share.first()], last = transpose.offset[share.last()];
    std::vector<Crossing> crossing;
    for (Edge e = first; e < last; ++e) {
      const std::int32_t owner = owner_[at(transpose.neighbour[e])];
      const Edge slot = whole_.slots()[at(e)];
      if (owner != p) crossing.push_back({owner, slot, e - first});
      share.graph.slots.push_back(slot - first_slot(share));
    }
    std::ranges::sort(crossing, std::less<>());
    const Edge own = share.graph.adjacency.edges();
    for (std::size_t c = 0; c < crossing.size(); ++c) {
      share.graph.slots[at(crossing[c].place)] = own + static_cast<Edge>(c);
      ask(p, crossing[c], static_cast<Index>(c));
    }
    share.edges.ghosts = std::ssize(crossing);
  }

  /// Part p gets the edge as its c-th ghost.
  void ask(std::int32_t p, const Crossing& edge, Index c) {
    std::vector<PartRange>& receive = shares_[at(p)].edges.receive;
    Share& owner = shares_[at(edge.owner)];
    HaloLists& sends = owner.edges;
    if (receive.empty() || receive.back().part != edge.owner) {
      receive.push_back({edge.owner, c, c});
      sends.send.push_back({p, std::ssize(sends.sent), std::ssize(sends.sent)});
    }
    sends.sent.push_back(static_cast<Node>(edge.slot - first_slot(owner)));
    receive.back().last = c + 1;
    sends.send.back().last = std::ssize(sends.sent);
  }

  const Graph& whole_;
  const std::vector<std::int32_t>& owner_;
  std::vector<Share>& shares_;
};

void check(const Graph& graph, const Partition& partition) {
  partitioning::check_partition("shares_of", graph.adjacency(), partition);
  const auto falls = std::ranges::is_sorted_until(partition.of);
  require(falls == partition.of.end(), "shares_of",
          "parts: node " + std::to_string(falls - partition.of.begin()) +
              " is in an earlier part than the node before, want runs of nodes: number them by relabel");
}

}  // namespace

std::vector<Share> shares_of(const Graph& graph, const Partition& partition) {
  check(graph, partition);
  std::vector<Part> adjacency = parts_of(graph.adjacency(), partition),
                    transpose = parts_of(graph.transpose(), partition);
  std::vector<Share> shares(adjacency.size());
  Index first = 0;
  for (std::size_t p = 0; p < shares.size(); ++p) {
    GraphPart& part = shares[p].graph;
    require(adjacency[p].local.edges() <= std::numeric_limits<Node>::max(), "shares_of",
            "edges of part " + std::to_string(p) + ": got " + std::to_string(adjacency[p].local.edges()) +
                ", want what 32 bits count: cut the graph into more parts");
    part.first = first;
    part.nodes = graph.rows();
    part.sources = numbers_of(adjacency[p]);
    part.targets = numbers_of(transpose[p]);
    part.adjacency = std::move(adjacency[p].local);
    part.transpose = std::move(transpose[p].local);
    shares[p].sources = lists_of(adjacency[p]);
    shares[p].targets = lists_of(transpose[p]);
    first += shares[p].rows();
  }
  Slots(graph, partition, shares).find();
  return shares;
}

Partition relabelled(Partition partition) {
  std::ranges::sort(partition.of);
  return partition;
}

}  // namespace mercer
