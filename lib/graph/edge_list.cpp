#include "mercer/graph/edge_list.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

std::string pair_text(Node source, Node target) {
  return "edge from " + std::to_string(source) + " to " + std::to_string(target);
}

void check_nodes(std::span<const Node> nodes, Index count, const char* what) {
  for (std::size_t e = 0; e < nodes.size(); ++e)
    if (nodes[e] < 0 || nodes[e] >= count)
      throw ValueError("[edge_list] " + std::string(what) + " of edge " + std::to_string(e) + ": got " +
                       std::to_string(nodes[e]) + ", want 0 to " + std::to_string(count - 1));
}

/// The edges given, by target, then by source, then as they were given.
std::vector<Edge> by_slot(std::span<const Node> source, std::span<const Node> target) {
  std::vector<Edge> order(source.size());
  std::iota(order.begin(), order.end(), Edge{0});
  std::ranges::sort(order, {}, [&](Edge e) {
    const auto n = static_cast<std::size_t>(e);
    return std::tuple(target[n], source[n], e);
  });
  return order;
}

}  // namespace

GivenEdges edge_list(Index targets, Index sources, std::span<const Node> source, std::span<const Node> target,
                     Duplicates duplicates) {
  expect("edge_list", {{"targets of edges", std::ssize(target), std::ssize(source)}});
  check_nodes(source, sources, "source");
  check_nodes(target, targets, "target");
  std::vector<Edge> offset(static_cast<std::size_t>(std::max<Index>(targets, 0)) + 1, 0);
  std::vector<Edge> slot(source.size());
  std::vector<Node> neighbour;
  neighbour.reserve(source.size());
  Node last = -1;  // the target of the edge before
  for (const Edge e : by_slot(source, target)) {
    const auto n = static_cast<std::size_t>(e);
    const bool again = target[n] == last && source[n] == neighbour.back();
    require(!again || duplicates != Duplicates::refuse, "edge_list",
            pair_text(source[n], target[n]) + " is given more than once");
    if (!again || duplicates == Duplicates::keep) {
      neighbour.push_back(source[n]);
      ++offset[static_cast<std::size_t>(target[n]) + 1];
    }
    slot[n] = std::ssize(neighbour) - 1;
    last = target[n];
  }
  std::partial_sum(offset.begin(), offset.end(), offset.begin());
  return {Csr(targets, sources, std::move(offset), std::move(neighbour)), std::move(slot)};
}

GivenEdges edge_list(Index nodes, std::span<const Node> source, std::span<const Node> target, Duplicates duplicates) {
  return edge_list(nodes, nodes, source, target, duplicates);
}

GivenEdges with_loops(const GivenEdges& edges) {
  const Csr& g = edges.adjacency;
  expect("with_loops", {{"sources", g.columns(), g.rows()}});
  std::vector<Edge> offset{0}, moved, loops;  // moved: the new slot of each old one
  std::vector<Node> neighbour;
  const auto add = [&](std::vector<Edge>& slots, Node j) {
    slots.push_back(std::ssize(neighbour));
    neighbour.push_back(j);
  };
  for (Node i = 0; i < g.rows(); ++i) {
    bool missing = std::ranges::count(g.neighbours(i), i) == 0;
    for (const Node j : g.neighbours(i)) {
      if (missing && j > i) add(loops, i);
      missing = missing && j < i;
      add(moved, j);
    }
    if (missing) add(loops, i);
    offset.push_back(std::ssize(neighbour));
  }
  GivenEdges all{.adjacency = Csr(g.rows(), g.columns(), std::move(offset), std::move(neighbour)),
                 .slot = edges.slot,
                 .loops = edges.loops + std::ssize(loops)};
  for (Edge& slot : all.slot)
    slot = moved[static_cast<std::size_t>(slot)];
  all.slot.insert(all.slot.end(), loops.begin(), loops.end());
  return all;
}

GivenEdges sorted_rows(Index rows, Index columns, std::span<const Edge> offset, std::span<const Node> neighbour,
                       Duplicates duplicates) {
  expect("sorted_rows", {{"offsets", std::ssize(offset), rows + 1},
                         {"first offset", offset.empty() ? 0 : offset.front(), 0},
                         {"last offset", offset.empty() ? 0 : offset.back(), std::ssize(neighbour)}});
  std::vector<Node> target;
  target.reserve(neighbour.size());
  for (std::size_t i = 0; i + 1 < offset.size(); ++i) {
    require(offset[i] <= offset[i + 1], "sorted_rows", "offsets fall at row " + std::to_string(i));
    target.resize(static_cast<std::size_t>(offset[i + 1]), static_cast<Node>(i));
  }
  return edge_list(rows, columns, neighbour, target, duplicates);
}

std::vector<Node> to_slots(const GivenEdges& edges, std::span<const Node> of_edges) {
  expect("to_slots", {{"values of edges", std::ssize(of_edges), std::ssize(edges.slot)}});
  std::vector<Node> of_slots(static_cast<std::size_t>(edges.adjacency.edges()));
  std::vector<bool> given(of_slots.size());
  for (std::size_t e = 0; e < of_edges.size(); ++e) {
    const auto slot = static_cast<std::size_t>(edges.slot[e]);
    require(!given[slot] || of_slots[slot] == of_edges[e], "to_slots",
            "edge " + std::to_string(e) + " has the value " + std::to_string(of_edges[e]) +
                ", the one that it was merged with " + std::to_string(of_slots[slot]));
    of_slots[slot] = of_edges[e];
    given[slot] = true;
  }
  return of_slots;
}

}  // namespace mercer
