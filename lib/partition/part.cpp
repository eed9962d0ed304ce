#include "mercer/partition/part.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "partition/checked.hpp"
#include "partition/cut_rows.hpp"

namespace mercer {
namespace {

using partitioning::CutRows;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

HaloLists lists_of(CutRows& part) {
  return {.sent = std::move(part.sent),
          .send = std::move(part.send),
          .receive = std::move(part.receive),
          .ghosts = std::ssize(part.halo)};
}

/// Numbers in the whole graph of the columns of a part's local graph.
std::vector<Node> numbers_of(const CutRows& part) {
  std::vector<Node> numbers = part.own;
  numbers.insert(numbers.end(), part.halo.begin(), part.halo.end());
  return numbers;
}

/// Finds the place of the operands of each edge in a part's transpose: the slot of an own row, or a place among the
/// halo's edges.
class Slots {
 public:
  Slots(const Graph& whole, const Partition& partition, std::vector<Part>& parts)
      : whole_(whole), owner_(partition.of), parts_(parts) {}

  /// Part p holds the nodes first … last − 1.
  std::vector<Edge> find(std::int32_t p, Index first, Index last, Edge own_edges);

 private:
  struct Crossing {
    std::int32_t owner;
    Edge slot;   // in the whole graph
    Edge place;  // in the transpose

    bool operator<(const Crossing& other) const { return std::pair(owner, slot) < std::pair(other.owner, other.slot); }
  };

  /// Part p gets the edge as its c-th ghost.
  void ask(std::int32_t p, const Crossing& edge, Index c) {
    std::vector<PartRange>& receive = parts_[at(p)].edge_halo.receive;
    HaloLists& sends = parts_[at(edge.owner)].edge_halo;
    if (receive.empty() || receive.back().part != edge.owner) {
      receive.push_back({edge.owner, c, c});
      sends.send.push_back({p, std::ssize(sends.sent), std::ssize(sends.sent)});
    }
    const Edge first_slot = whole_.adjacency().offset[parts_[at(edge.owner)].first_row];
    sends.sent.push_back(static_cast<Node>(edge.slot - first_slot));
    receive.back().last = c + 1;
    sends.send.back().last = std::ssize(sends.sent);
  }

  const Graph& whole_;
  const std::vector<std::int32_t>& owner_;
  std::vector<Part>& parts_;
};

std::vector<Edge> Slots::find(std::int32_t p, Index first_row, Index last_row, Edge own_edges) {
  const CsrView transpose = whole_.transpose();
  const Edge first = transpose.offset[first_row], last = transpose.offset[last_row];
  const Edge first_slot = whole_.adjacency().offset[first_row];
  std::vector<Edge> slots;
  std::vector<Crossing> crossing;
  for (Edge e = first; e < last; ++e) {
    const std::int32_t owner = owner_[at(transpose.neighbour[e])];
    const Edge slot = whole_.slots()[at(e)];
    if (owner != p) crossing.push_back({owner, slot, e - first});
    slots.push_back(slot - first_slot);
  }
  std::ranges::sort(crossing, std::less<>());
  for (std::size_t c = 0; c < crossing.size(); ++c) {
    slots[at(crossing[c].place)] = own_edges + static_cast<Edge>(c);
    ask(p, crossing[c], static_cast<Index>(c));
  }
  parts_[at(p)].edge_halo.ghosts = std::ssize(crossing);
  return slots;
}

void check(const Graph& graph, const Partition& partition) {
  partitioning::check_partition("parts_of", graph.adjacency(), partition);
  const auto falls = std::ranges::is_sorted_until(partition.of);
  require(falls == partition.of.end(), "parts_of",
          "parts: node " + std::to_string(falls - partition.of.begin()) +
              " is in an earlier part than the node before, want runs of nodes: number them by relabel");
}

}  // namespace

std::vector<Part> parts_of(const Graph& graph, const Partition& partition) {
  check(graph, partition);
  std::vector<CutRows> adjacency = partitioning::cut_rows(graph.adjacency(), partition),
                       transpose = partitioning::cut_rows(graph.transpose(), partition);
  std::vector<Part> parts(adjacency.size());
  Index first = 0;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const Csr& local = adjacency[p].local;
    require(local.edges() <= std::numeric_limits<Node>::max(), "parts_of",
            "edges of part " + std::to_string(p) + ": got " + std::to_string(local.edges()) +
                ", want what 32 bits count: cut the graph into more parts");
    parts[p].first_row = first;
    parts[p].nodes = graph.rows();
    first += local.rows();
  }
  Slots slots(graph, partition, parts);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    Part& part = parts[p];
    part.sources = numbers_of(adjacency[p]);
    part.targets = numbers_of(transpose[p]);
    part.source_halo = lists_of(adjacency[p]);
    part.target_halo = lists_of(transpose[p]);
    Csr& local = adjacency[p].local;
    const Index last = part.first_row + local.rows();
    std::vector<Edge> found = slots.find(static_cast<std::int32_t>(p), part.first_row, last, local.edges());
    part.graph = Graph(std::move(local), std::move(transpose[p].local), std::move(found));
  }
  return parts;
}

Partition relabelled(Partition partition) {
  std::ranges::sort(partition.of);
  return partition;
}

}  // namespace mercer
