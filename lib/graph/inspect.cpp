#include "mercer/graph/inspect.hpp"

#include <algorithm>

#include "mercer/base/check.hpp"

namespace mercer {

std::vector<Edge> degrees(CsrView g) {
  std::vector<Edge> of(static_cast<std::size_t>(g.rows));
  for (Index i = 0; i < g.rows; ++i)
    of[static_cast<std::size_t>(i)] = g.degree(i);
  return of;
}

Index isolated_nodes(CsrView g) {
  Index count = 0;
  for (Index i = 0; i < g.rows; ++i) {
    const bool alone =
        std::all_of(g.neighbour + g.offset[i], g.neighbour + g.offset[i + 1], [i](Node j) { return j == i; });
    count += alone ? 1 : 0;
  }
  return count;
}

bool is_symmetric(CsrView g) {
  if (g.rows != g.columns) return false;
  bool symmetric = true;
  for_each_edge(g, [&](Node i, Node j, Edge) {
    symmetric = symmetric && std::binary_search(g.neighbour + g.offset[j], g.neighbour + g.offset[j + 1], i);
  });
  return symmetric;
}

Components components(CsrView g) {
  expect("components", {{"columns", g.columns, g.rows}});
  Components found{std::vector<Node>(static_cast<std::size_t>(g.rows), -1), 0};
  std::vector<Node> open;  // found, neighbours not yet looked at
  for (Node first = 0; first < g.rows; ++first) {
    if (found.of[static_cast<std::size_t>(first)] >= 0) continue;
    const auto number = static_cast<Node>(found.count++);
    found.of[static_cast<std::size_t>(first)] = number;
    open.push_back(first);
    while (!open.empty()) {
      const Node i = open.back();
      open.pop_back();
      for (const Edge e : g.row(i))
        if (Node& of = found.of[static_cast<std::size_t>(g.neighbour[e])]; of < 0) {
          of = number;
          open.push_back(g.neighbour[e]);
        }
    }
  }
  return found;
}

std::vector<Node> largest_component(CsrView g) {
  const Components found = components(g);
  std::vector<Index> size(static_cast<std::size_t>(found.count), 0);
  for (const Node c : found.of)
    ++size[static_cast<std::size_t>(c)];
  const auto largest = static_cast<Node>(std::ranges::max_element(size) - size.begin());
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < found.of.size(); ++i)
    if (found.of[i] == largest) nodes.push_back(static_cast<Node>(i));
  return nodes;
}

double edge_homophily(CsrView g, std::span<const std::int32_t> labels) {
  expect("edge_homophily", {{"labels", static_cast<Index>(labels.size()), g.rows}});
  Edge counted = 0, alike = 0;
  for_each_edge(g, [&](Node i, Node j, Edge) {
    const auto a = labels[static_cast<std::size_t>(i)], b = labels[static_cast<std::size_t>(j)];
    if (i == j || a < 0 || b < 0) return;
    ++counted;
    alike += a == b ? 1 : 0;
  });
  return counted == 0 ? 0 : static_cast<double>(alike) / static_cast<double>(counted);
}

}  // namespace mercer
