#include "mercer/graph/block.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

Graph checked(Csr adjacency) {
  require(adjacency.rows() <= adjacency.columns(), "Block",
          "targets: got " + std::to_string(adjacency.rows()) + ", want at most the " +
              std::to_string(adjacency.columns()) + " sources, of which they are the first");
  return Graph(std::move(adjacency));
}

/// Throws ValueError where a row has edges in the block and a degree below 1 in the graph, or a negative one.
void check_degrees(const char* what, std::span<const Edge> degrees, CsrView g) {
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    const Edge least = g.degree(static_cast<Node>(i)) > 0 ? 1 : 0;
    require(degrees[i] >= least, "Block", [&] {
      return what + std::to_string(i) + " in the graph: got " + std::to_string(degrees[i]) + ", want at least " +
             std::to_string(least);
    });
  }
}

/// Throws ValueError for a number below 0 or given twice.
void check_numbers(std::vector<Node> nodes) {
  std::ranges::sort(nodes);
  require(nodes.empty() || nodes.front() >= 0, "Block",
          "number of a node: got " + std::to_string(nodes.empty() ? 0 : nodes.front()) + ", want at least 0");
  const auto twice = std::ranges::adjacent_find(nodes);
  require(twice == nodes.end(), "Block",
          "two sources have the number " + std::to_string(twice == nodes.end() ? 0 : *twice));
}

/// Throws ValueError for a slot below 0. A sampler may take an edge twice.
void check_slots(const std::vector<Edge>& slots) {
  for (const Edge slot : slots)
    require(slot >= 0, "Block", [&] { return "edge slot: got " + std::to_string(slot) + ", want at least 0"; });
}

}  // namespace

Block::Block(Csr adjacency, BlockOrigin origin) : graph_(checked(std::move(adjacency))) {
  const auto want = [](std::ptrdiff_t size, Index count) { return size == 0 ? Index{0} : count; };
  const auto nodes = std::ssize(origin.nodes), in = std::ssize(origin.in_degree), out = std::ssize(origin.out_degree);
  expect("Block", {{"numbers of nodes", nodes, want(nodes, sources())},
                   {"in-degrees", in, want(in, targets())},
                   {"out-degrees", out, want(out, sources())},
                   {"slots", std::ssize(origin.slots), want(std::ssize(origin.slots), edges())}});
  check_degrees("in-degree of target ", origin.in_degree, graph_.adjacency());
  check_degrees("out-degree of source ", origin.out_degree, graph_.transpose());
  check_numbers(origin.nodes);
  check_slots(origin.slots);
  origin_ = std::make_shared<const BlockOrigin>(std::move(origin));
}

TopologyView Block::view() const& {
  TopologyView view = graph_.view();
  view.sources = origin_->nodes;
  view.targets = std::span(origin_->nodes).first(origin_->nodes.empty() ? 0 : static_cast<std::size_t>(targets()));
  view.in_degree = origin_->in_degree;
  view.out_degree = origin_->out_degree;
  view.cache = cache_.get();
  return view;
}

Block full_block(const Graph& graph, std::span<const Node> targets) {
  const CsrView g = graph.adjacency();
  expect("full_block", {{"columns", g.columns, g.rows}});
  std::vector<Node> place(static_cast<std::size_t>(g.columns), -1);
  BlockOrigin origin;
  const auto meet = [&](Node j) {
    Node& column = place[static_cast<std::size_t>(j)];
    if (column < 0) {
      column = static_cast<Node>(origin.nodes.size());
      origin.nodes.push_back(j);
      origin.out_degree.push_back(graph.transpose().degree(j));
    }
    return column;
  };
  for (const Node i : targets) {
    require(i >= 0 && i < g.rows, "full_block", [&] {
      return "target " + std::to_string(i) + " is out of range, want 0 to " + std::to_string(g.rows - 1);
    });
    require(place[static_cast<std::size_t>(i)] < 0, "full_block",
            [&] { return "target " + std::to_string(i) + " is named twice"; });
    meet(i);
    origin.in_degree.push_back(g.degree(i));
  }
  std::vector<Edge> offset{0};
  std::vector<Node> neighbour;
  for (const Node i : targets) {
    for (const Edge e : g.row(i)) {
      neighbour.push_back(meet(g.neighbour[e]));
      origin.slots.push_back(e);
    }
    offset.push_back(std::ssize(neighbour));
  }
  Csr adjacency(std::ssize(targets), std::ssize(origin.nodes), std::move(offset), std::move(neighbour));
  return Block(std::move(adjacency), std::move(origin));
}

std::vector<Block> full_blocks(const Graph& graph, std::span<const Node> targets, Index layers) {
  require(layers >= 1, "full_blocks", "layers: got " + std::to_string(layers) + ", want at least 1");
  std::vector<Block> blocks{full_block(graph, targets)};
  while (std::ssize(blocks) < layers)
    blocks.push_back(full_block(graph, blocks.back().origin().nodes));
  std::ranges::reverse(blocks);
  return blocks;
}

}  // namespace mercer
