#include "mercer/graph/build.hpp"

#include <algorithm>
#include <string>

#include "graph/merged_rows.hpp"
#include "graph/rows.hpp"
#include "graph/sort_by_key.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// The number of different values of two ascending rows.
Edge union_size(std::span<const Node> a, std::span<const Node> b) {
  std::size_t size = 0, x = 0, y = 0;
  for (; x < a.size() && y < b.size(); ++size) {
    const Node next = std::min(a[x], b[y]);
    x += a[x] == next ? 1 : 0;
    y += b[y] == next ? 1 : 0;
  }
  return static_cast<Edge>(size + (a.size() - x) + (b.size() - y));
}

bool has_loop(CsrView g, Index i) {
  const std::span<const Node> row = row_of(g, i);
  return std::binary_search(row.begin(), row.end(), static_cast<Node>(i));
}

/// The new number of each node of g, −1 for those that are left out.
std::vector<Node> places_of(CsrView g, std::span<const Node> nodes) {
  std::vector<Node> place(static_cast<std::size_t>(g.rows), -1);
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    if (nodes[a] < 0 || nodes[a] >= g.rows)
      throw ValueError("[induced] node " + std::to_string(nodes[a]) + " is out of range");
    Node& number = place[static_cast<std::size_t>(nodes[a])];
    if (number >= 0) throw ValueError("[induced] node " + std::to_string(nodes[a]) + " is named twice");
    number = static_cast<Node>(a);
  }
  return place;
}

}  // namespace

Csr from_edges(Index nodes, std::span<const NodePair> edges) { return merged_rows(nodes, nodes, edges); }

Csr symmetrised(CsrView any) {
  expect("symmetrised", {{"columns", any.columns, any.rows}});
  const AscendingRows rows(any);
  const CsrView g = rows.view();
  const Csr reverse = transposed(g);
  const CsrView back = reverse.view();
  return made_of_rows(
      g.rows, g.columns, [&](Index i) { return union_size(row_of(g, i), row_of(back, i)); },
      [&](Index i, Node* to) {
        const std::span<const Node> a = row_of(g, i), b = row_of(back, i);
        std::set_union(a.begin(), a.end(), b.begin(), b.end(), to);
      });
}

Csr with_loops(CsrView any) {
  expect("with_loops", {{"columns", any.columns, any.rows}});
  const AscendingRows rows(any);
  const CsrView g = rows.view();
  return made_of_rows(
      g.rows, g.columns, [&](Index i) { return g.degree(i) + (has_loop(g, i) ? 0 : 1); },
      [&](Index i, Node* to) {
        const std::span<const Node> row = row_of(g, i);
        const auto loop = static_cast<Node>(i);
        std::set_union(row.begin(), row.end(), &loop, &loop + 1, to);
      });
}

Csr without_loops(CsrView any) {
  const AscendingRows rows(any);
  const CsrView g = rows.view();
  return made_of_rows(
      g.rows, g.columns, [&](Index i) { return g.degree(i) - (has_loop(g, i) ? 1 : 0); },
      [&](Index i, Node* to) {
        const std::span<const Node> row = row_of(g, i);
        std::remove_copy(row.begin(), row.end(), to, static_cast<Node>(i));
      });
}

Csr transposed(CsrView g) {
  SortedByKey reversed = reversed_edges(g, false);
  return {g.columns, g.rows, std::move(reversed.offset), std::move(reversed.value)};
}

Csr induced(CsrView any, std::span<const Node> nodes) {
  expect("induced", {{"columns", any.columns, any.rows}});
  const AscendingRows rows(any);
  const CsrView g = rows.view();
  const std::vector<Node> place = places_of(g, nodes);
  const auto count = std::ssize(nodes);
  const auto new_number = [&](Node j) { return place[static_cast<std::size_t>(j)]; };
  return made_of_rows(
      count, count,
      [&](Index a) {
        return std::ranges::count_if(row_of(g, nodes[static_cast<std::size_t>(a)]),
                                     [&](Node j) { return new_number(j) >= 0; });
      },
      [&](Index a, Node* to) {
        Node* end = to;
        for (const Node j : row_of(g, nodes[static_cast<std::size_t>(a)]))
          if (const Node b = new_number(j); b >= 0) *end++ = b;
        if (!std::is_sorted(to, end)) std::sort(to, end);
      });
}

Csr complete(const Segments& segments) {
  const EdgeRows g = segments.view().adjacency;
  return made_of_rows(
      g.rows, g.columns, [&](Index i) { return g.degree(i); },
      [&](Index i, Node* to) {
        for (const Edge e : g.row(i))
          *to++ = g.column(i, e);
      });
}

}  // namespace mercer
