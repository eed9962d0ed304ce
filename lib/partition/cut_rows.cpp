#include "partition/cut_rows.hpp"

#include <algorithm>
#include <utility>

#include "partition/checked.hpp"

namespace mercer::partitioning {
namespace {

/// Cuts parts out of a graph, one after the other.
class Cutter {
 public:
  Cutter(CsrView g, const Partition& partition)
      : g_(g),
        owner_(partition.of),
        place_(partition.of.size()),
        column_(partition.of.size()),
        ghost_of_(partition.of.size(), -1) {}

  std::vector<CutRows> cut(Index parts);

 private:
  void find_halo(std::int32_t p, CutRows& part);
  void number_columns(CutRows& part);

  static std::size_t at(Node i) { return static_cast<std::size_t>(i); }

  CsrView g_;
  const std::vector<std::int32_t>& owner_;  // [nodes]
  std::vector<Node> place_;                 // [nodes]  of a node among the rows of its owner
  std::vector<Node> column_;                // [nodes]  of a halo's node in the part in work
  std::vector<std::int32_t> ghost_of_;      // [nodes]  the last part whose halo took the node
};

void Cutter::find_halo(std::int32_t p, CutRows& part) {
  for (const Node i : part.own)
    for (const Edge e : g_.row(i)) {
      const Node j = g_.neighbour[e];
      if (owner_[at(j)] != p && std::exchange(ghost_of_[at(j)], p) != p) part.halo.push_back(j);
    }
  std::ranges::sort(part.halo, {}, [&](Node j) { return std::pair(owner_[at(j)], j); });
  for (std::size_t c = 0; c < part.halo.size(); ++c) {
    column_[at(part.halo[c])] = static_cast<Node>(part.own.size() + c);
    const std::int32_t owner = owner_[at(part.halo[c])];
    const auto place = static_cast<Index>(c);
    if (part.receive.empty() || part.receive.back().part != owner) part.receive.push_back({owner, place, place});
    part.receive.back().last = place + 1;
  }
}

void Cutter::number_columns(CutRows& part) {
  std::vector<Edge> offset{0};
  std::vector<Node> neighbour;
  for (const Node i : part.own) {
    for (const Edge e : g_.row(i)) {
      const Node j = g_.neighbour[e];
      neighbour.push_back(owner_[at(j)] == owner_[at(i)] ? place_[at(j)] : column_[at(j)]);
    }
    offset.push_back(std::ssize(neighbour));
  }
  const Index rows = std::ssize(part.own);
  part.local = Csr(rows, rows + std::ssize(part.halo), std::move(offset), std::move(neighbour));
}

std::vector<CutRows> Cutter::cut(Index parts) {
  std::vector<CutRows> cut(static_cast<std::size_t>(parts));
  // pass 1: who owns what
  for (std::size_t i = 0; i < owner_.size(); ++i) {
    CutRows& part = cut[static_cast<std::size_t>(owner_[i])];
    place_[i] = static_cast<Node>(part.own.size());
    part.own.push_back(static_cast<Node>(i));
  }
  for (std::size_t p = 0; p < cut.size(); ++p) {
    // pass 2: its ghosts, and the rows in its own numbers
    find_halo(static_cast<std::int32_t>(p), cut[p]);
    number_columns(cut[p]);
    // pass 3: what it receives, the owner sends
    for (const PartRange& range : cut[p].receive) {
      CutRows& owner = cut[static_cast<std::size_t>(range.part)];
      const Index first = std::ssize(owner.sent);
      for (Index c = range.first; c < range.last; ++c)
        owner.sent.push_back(place_[at(cut[p].halo[static_cast<std::size_t>(c)])]);
      owner.send.push_back({static_cast<std::int32_t>(p), first, std::ssize(owner.sent)});
    }
  }
  return cut;
}

}  // namespace

std::vector<CutRows> cut_rows(CsrView g, const Partition& partition) {
  check_partition("parts_of", g, partition);
  return Cutter(g, partition).cut(partition.parts);
}

}  // namespace mercer::partitioning
