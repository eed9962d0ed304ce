#include "mercer/graph/build.hpp"

#include <algorithm>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

Csr from_sorted(Index rows, Index columns, const std::vector<NodePair>& edges) {
  std::vector<Edge> offset(static_cast<std::size_t>(rows) + 1, 0);
  std::vector<Node> neighbour;
  neighbour.reserve(edges.size());
  for (const auto& [i, j] : edges) {
    ++offset[static_cast<std::size_t>(i) + 1];
    neighbour.push_back(j);
  }
  for (std::size_t i = 1; i < offset.size(); ++i)
    offset[i] += offset[i - 1];
  return {rows, columns, std::move(offset), std::move(neighbour)};
}

Csr from_pairs(Index rows, Index columns, std::vector<NodePair> edges) {
  std::ranges::sort(edges);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return from_sorted(rows, columns, edges);
}

std::vector<NodePair> pairs_of(CsrView g) {
  std::vector<NodePair> edges;
  edges.reserve(static_cast<std::size_t>(g.edges()));
  for_each_edge(g, [&](Node i, Node j, Edge) { edges.emplace_back(i, j); });
  return edges;
}

}  // namespace

Csr from_edges(Index nodes, std::span<const NodePair> edges) {
  for (const auto& [i, j] : edges)
    if (i < 0 || j < 0 || i >= nodes || j >= nodes)
      throw ValueError("[from_edges] edge (" + std::to_string(i) + ", " + std::to_string(j) + ") leaves 0 … " +
                       std::to_string(nodes - 1));
  return from_pairs(nodes, nodes, {edges.begin(), edges.end()});
}

Csr symmetrised(CsrView g) {
  expect("symmetrised", {{"columns", g.columns, g.rows}});
  std::vector<NodePair> edges = pairs_of(g);
  for (std::size_t e = 0, m = edges.size(); e < m; ++e)
    edges.emplace_back(edges[e].second, edges[e].first);
  return from_pairs(g.rows, g.columns, std::move(edges));
}

Csr with_loops(CsrView g) {
  expect("with_loops", {{"columns", g.columns, g.rows}});
  std::vector<NodePair> edges = pairs_of(g);
  for (Index i = 0; i < g.rows; ++i)
    edges.emplace_back(static_cast<Node>(i), static_cast<Node>(i));
  return from_pairs(g.rows, g.columns, std::move(edges));
}

Csr without_loops(CsrView g) {
  std::vector<NodePair> edges = pairs_of(g);
  std::erase_if(edges, [](const NodePair& e) { return e.first == e.second; });
  return from_pairs(g.rows, g.columns, std::move(edges));
}

Csr transposed(CsrView g) {
  std::vector<NodePair> edges;
  edges.reserve(static_cast<std::size_t>(g.edges()));
  for_each_edge(g, [&](Node i, Node j, Edge) { edges.emplace_back(j, i); });
  std::ranges::stable_sort(edges);
  return from_sorted(g.columns, g.rows, edges);
}

Csr induced(CsrView g, std::span<const Node> nodes) {
  expect("induced", {{"columns", g.columns, g.rows}});
  std::vector<Node> place(static_cast<std::size_t>(g.rows), -1);
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    require(nodes[a] >= 0 && nodes[a] < g.rows, "induced", "node " + std::to_string(nodes[a]) + " is out of range");
    Node& number = place[static_cast<std::size_t>(nodes[a])];
    require(number < 0, "induced", "node " + std::to_string(nodes[a]) + " is named twice");
    number = static_cast<Node>(a);
  }
  std::vector<NodePair> edges;
  for (std::size_t a = 0; a < nodes.size(); ++a)
    for (const Edge e : g.row(nodes[a]))
      if (const Node b = place[static_cast<std::size_t>(g.neighbour[e])]; b >= 0)
        edges.emplace_back(static_cast<Node>(a), b);
  return from_pairs(static_cast<Index>(nodes.size()), static_cast<Index>(nodes.size()), std::move(edges));
}

Csr complete(const Segments& segments) {
  std::vector<NodePair> edges;
  edges.reserve(static_cast<std::size_t>(segments.edges()));
  for_each_edge(segments.view().adjacency, [&](Node i, Node j, Edge) { edges.emplace_back(i, j); });
  return from_sorted(segments.targets(), segments.sources(), edges);
}

}  // namespace mercer
