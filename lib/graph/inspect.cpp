#include "mercer/graph/inspect.hpp"

#include <algorithm>

#include "graph/forest.hpp"
#include "graph/merged_rows.hpp"
#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"

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

bool is_symmetric(CsrView any) {
  if (any.rows != any.columns) return false;
  const AscendingRows rows(any);
  const CsrView g = rows.view();
  const Csr reverse = transposed(g);
  return std::equal(g.offset, g.offset + g.rows + 1, reverse.offset().begin()) &&
         std::equal(g.neighbour, g.neighbour + g.edges(), reverse.neighbour().begin());
}

Components components(CsrView g) {
  expect("components", {{"columns", g.columns, g.rows}});
  Components found{roots_of_components(g), 0};
  for (std::size_t i = 0; i < found.of.size(); ++i) {
    const Node root = found.of[i];  // the smallest node of the component
    found.of[i] =
        root == static_cast<Node>(i) ? static_cast<Node>(found.count++) : found.of[static_cast<std::size_t>(root)];
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
