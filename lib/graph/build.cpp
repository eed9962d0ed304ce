#include "mercer/graph/build.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "graph/merged_rows.hpp"
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

std::vector<NodePair> pairs_of(CsrView g) {
  std::vector<NodePair> edges;
  edges.reserve(static_cast<std::size_t>(g.edges()));
  for_each_edge(g, [&](Node i, Node j, Edge) { edges.emplace_back(i, j); });
  return edges;
}

}  // namespace

Csr merged_rows(Index rows, Index columns, std::span<const NodePair> edges, std::vector<std::int32_t>* counts) {
  std::vector<Edge> offset(static_cast<std::size_t>(rows) + 1, 0);
  for (const auto& [i, j] : edges) {
    if (i < 0 || j < 0 || i >= rows || j >= columns)
      throw ValueError("[from_edges] edge (" + std::to_string(i) + ", " + std::to_string(j) + ") leaves 0 … " +
                       std::to_string(std::min(rows, columns) - 1));
    ++offset[static_cast<std::size_t>(i) + 1];
  }
  for (std::size_t i = 1; i < offset.size(); ++i)
    offset[i] += offset[i - 1];
  std::vector<Node> neighbour(edges.size());
  {
    std::vector<Edge> next(offset.begin(), offset.end() - 1);
    for (const auto& [i, j] : edges)
      neighbour[static_cast<std::size_t>(next[static_cast<std::size_t>(i)]++)] = j;
  }
  Edge kept = 0;
  for (std::size_t i = 0; i + 1 < offset.size(); ++i) {
    const auto first = neighbour.begin() + offset[i], last = neighbour.begin() + offset[i + 1];
    std::sort(first, last);
    offset[i] = kept;
    for (auto next = first; next != last; ++next) {
      const bool repeats = next != first && *next == *(next - 1);
      if (!repeats) neighbour[static_cast<std::size_t>(kept++)] = *next;
      if (counts != nullptr && repeats) ++counts->back();
      if (counts != nullptr && !repeats) counts->push_back(1);
    }
  }
  offset.back() = kept;
  neighbour.resize(static_cast<std::size_t>(kept));
  return {rows, columns, std::move(offset), std::move(neighbour)};
}

Csr from_edges(Index nodes, std::span<const NodePair> edges) { return merged_rows(nodes, nodes, edges); }

Csr symmetrised(CsrView g) {
  expect("symmetrised", {{"columns", g.columns, g.rows}});
  std::vector<NodePair> edges = pairs_of(g);
  for (std::size_t e = 0, m = edges.size(); e < m; ++e)
    edges.emplace_back(edges[e].second, edges[e].first);
  return merged_rows(g.rows, g.columns, edges);
}

Csr with_loops(CsrView g) {
  expect("with_loops", {{"columns", g.columns, g.rows}});
  std::vector<NodePair> edges = pairs_of(g);
  for (Index i = 0; i < g.rows; ++i)
    edges.emplace_back(static_cast<Node>(i), static_cast<Node>(i));
  return merged_rows(g.rows, g.columns, edges);
}

Csr without_loops(CsrView g) {
  std::vector<NodePair> edges = pairs_of(g);
  std::erase_if(edges, [](const NodePair& e) { return e.first == e.second; });
  return merged_rows(g.rows, g.columns, edges);
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
  return merged_rows(static_cast<Index>(nodes.size()), static_cast<Index>(nodes.size()), edges);
}

Csr complete(const Segments& segments) {
  std::vector<NodePair> edges;
  edges.reserve(static_cast<std::size_t>(segments.edges()));
  for_each_edge(segments.view().adjacency, [&](Node i, Node j, Edge) { edges.emplace_back(i, j); });
  return from_sorted(segments.targets(), segments.sources(), edges);
}

}  // namespace mercer
