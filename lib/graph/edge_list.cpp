#include "mercer/graph/edge_list.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "graph/rows.hpp"
#include "graph/sort_by_key.hpp"
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

/// The edges given, by target, then by source, then as they were given. Value and item are source and edge.
SortedByKey by_slot(Index targets, std::span<const Node> source, std::span<const Node> target) {
  SortedByKey sorted = sort_by_key(targets, std::ssize(source), true, [&](Edge first, Edge last, const auto& visit) {
    for (auto e = static_cast<std::size_t>(first); e < static_cast<std::size_t>(last); ++e)
      visit(target[e], source[e]);
  });
  parallel_ranges(targets, rows_at_once, [&](Index from, Index end) {
    std::vector<std::pair<Node, Edge>> row;
    for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(end); ++i) {
      const auto first = static_cast<std::size_t>(sorted.offset[i]),
                 last = static_cast<std::size_t>(sorted.offset[i + 1]);
      if (std::is_sorted(sorted.value.data() + first, sorted.value.data() + last)) continue;
      row.clear();
      for (std::size_t n = first; n < last; ++n)
        row.emplace_back(sorted.value[n], sorted.item[n]);
      std::ranges::sort(row);
      for (std::size_t n = first; n < last; ++n)
        std::tie(sorted.value[n], sorted.item[n]) = row[n - first];
    }
  });
  return sorted;
}

}  // namespace

GivenEdges edge_list(Index targets, Index sources, std::span<const Node> source, std::span<const Node> target,
                     Duplicates duplicates) {
  expect("edge_list", {{"targets of edges", std::ssize(target), std::ssize(source)}});
  check_nodes(source, sources, "source");
  check_nodes(target, targets, "target");
  if (targets <= 0) return {Csr(targets, sources, {0}, {}), {}};
  SortedByKey sorted = by_slot(targets, source, target);
  std::vector<Edge> slot(source.size());
  Edge kept = 0;
  for (Index i = 0; i < targets; ++i) {
    const Edge first = sorted.offset[static_cast<std::size_t>(i)],
               last = sorted.offset[static_cast<std::size_t>(i) + 1];
    sorted.offset[static_cast<std::size_t>(i)] = kept;
    for (auto n = static_cast<std::size_t>(first); n < static_cast<std::size_t>(last); ++n) {
      const Node j = sorted.value[n];
      const bool again = static_cast<Edge>(n) > first && j == sorted.value[static_cast<std::size_t>(kept) - 1];
      if (again && duplicates == Duplicates::refuse)
        throw ValueError("[edge_list] " + pair_text(j, static_cast<Node>(i)) + " is given more than once");
      if (!again || duplicates == Duplicates::keep) sorted.value[static_cast<std::size_t>(kept++)] = j;
      slot[static_cast<std::size_t>(sorted.item[n])] = kept - 1;
    }
  }
  sorted.offset.back() = kept;
  sorted.value.resize(static_cast<std::size_t>(kept));
  return {Csr(targets, sources, std::move(sorted.offset), std::move(sorted.value)), std::move(slot)};
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
    if (offset[i] > offset[i + 1]) throw ValueError("[sorted_rows] offsets fall at row " + std::to_string(i));
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
    require(!given[slot] || of_slots[slot] == of_edges[e], "to_slots", [&] {
      return "edge " + std::to_string(e) + " has the value " + std::to_string(of_edges[e]) +
             ", the one that it was merged with " + std::to_string(of_slots[slot]);
    });
    of_slots[slot] = of_edges[e];
    given[slot] = true;
  }
  return of_slots;
}

}  // namespace mercer
