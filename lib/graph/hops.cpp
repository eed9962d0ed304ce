#include "mercer/graph/hops.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

constexpr Index rows_of_block = 256;

/// Breadth-first search, for one start node after another: each search clears its marks at its end.
class Search {
 public:
  explicit Search(CsrView g) : g_(g), visited_(static_cast<std::size_t>(g.rows), 0) {}

  /// The nodes 1 … k steps from i with their numbers of steps, in the order of the search; first i itself if it attends
  /// to itself.
  const std::vector<std::pair<Node, std::uint8_t>>& from(Node i, int k) {
    found_.clear();
    found_.emplace_back(i, std::uint8_t{0});
    visited_[static_cast<std::size_t>(i)] = 1;
    std::size_t next = 0;
    for (int step = 1; step <= k; ++step)
      for (const std::size_t end = found_.size(); next < end; ++next)
        visit_neighbours(found_[next].first, static_cast<std::uint8_t>(step));
    for (const auto& [j, away] : found_)
      visited_[static_cast<std::size_t>(j)] = 0;
    const Node *first = g_.neighbour + g_.offset[i], *last = g_.neighbour + g_.offset[i + 1];
    if (!std::binary_search(first, last, i)) found_.erase(found_.begin());
    return found_;
  }

 private:
  void visit_neighbours(Node i, std::uint8_t step) {
    for (const Edge e : g_.row(i)) {
      unsigned char& visited = visited_[static_cast<std::size_t>(g_.neighbour[e])];
      if (visited == 0) found_.emplace_back(g_.neighbour[e], step);
      visited = 1;
    }
  }

  CsrView g_;
  std::vector<unsigned char> visited_;  // [nodes]
  std::vector<std::pair<Node, std::uint8_t>> found_;
};

}  // namespace

Hops k_hop(CsrView g, int k, Edge most) {
  expect("k_hop", {{"columns", g.columns, g.rows}});
  require(k >= 1 && k <= 255, "k_hop", "steps: got " + std::to_string(k) + ", want 1 to 255");
  // pass 1: the number of nodes that each node reaches
  std::vector<Edge> offset(static_cast<std::size_t>(g.rows) + 1, 0);
  parallel_ranges(g.rows, rows_of_block, [&](Index first, Index last) {
    Search search(g);
    for (Index i = first; i < last; ++i)
      offset[static_cast<std::size_t>(i) + 1] = static_cast<Edge>(search.from(static_cast<Node>(i), k).size());
  });
  for (std::size_t i = 1; i < offset.size(); ++i)
    offset[i] += offset[i - 1];
  require(offset.back() <= most, "k_hop",
          std::to_string(k) + " hops: got " + std::to_string(offset.back()) + " edges of " + std::to_string(g.edges()) +
              ", want at most " + std::to_string(most) + "; take fewer hops");
  // pass 2: these nodes, in ascending order
  std::vector<Node> neighbour(static_cast<std::size_t>(offset.back()));
  std::vector<std::uint8_t> away(neighbour.size());
  parallel_ranges(g.rows, rows_of_block, [&](Index first, Index last) {
    Search search(g);
    for (Index i = first; i < last; ++i) {
      auto row = search.from(static_cast<Node>(i), k);
      std::ranges::sort(row);
      auto slot = static_cast<std::size_t>(offset[static_cast<std::size_t>(i)]);
      for (const auto& [j, steps] : row) {
        neighbour[slot] = j;
        away[slot++] = steps;
      }
    }
  });
  return {Csr(g.rows, g.columns, std::move(offset), std::move(neighbour)), std::move(away)};
}

}  // namespace mercer
