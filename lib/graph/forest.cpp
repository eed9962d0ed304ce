#include "graph/forest.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "graph/rows.hpp"

namespace mercer {
namespace {

/// Sets of nodes that several threads join. A node's parent is not larger than the node, and the root of a set is its
/// smallest node, whatever the order in which sets are joined.
class Forest {
 public:
  explicit Forest(Index nodes) : parent_(static_cast<std::size_t>(nodes)) {
    std::iota(parent_.begin(), parent_.end(), Node{0});
  }

  Node root(Node i) {
    for (;;) {
      const Node up = load(i), above = load(up);
      if (up == above) return up;
      at(i).store(above, std::memory_order_relaxed);  // halves the path
      i = above;
    }
  }

  void join(Node a, Node b) {
    for (;;) {
      a = root(a);
      b = root(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      Node own = a;
      if (at(a).compare_exchange_strong(own, b, std::memory_order_relaxed)) return;
    }
  }

  /// Every node's root. No thread may join meanwhile.
  std::vector<Node> take() {
    parallel_ranges(std::ssize(parent_), rows_at_once, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        at(static_cast<Node>(i)).store(root(static_cast<Node>(i)), std::memory_order_relaxed);
    });
    return std::move(parent_);
  }

 private:
  std::atomic_ref<Node> at(Node i) { return std::atomic_ref<Node>(parent_[static_cast<std::size_t>(i)]); }
  Node load(Node i) { return at(i).load(std::memory_order_relaxed); }

  std::vector<Node> parent_;
};

/// The root that most of some nodes have, evenly taken.
Node frequent_root(Forest& forest, Index nodes) {
  constexpr Index looked_at = 1024;
  std::vector<Node> roots;
  for (Index n = 0; n < std::min(looked_at, nodes); ++n)
    roots.push_back(forest.root(static_cast<Node>(n * nodes / std::min(looked_at, nodes))));
  std::ranges::sort(roots);
  Node found = -1;
  std::ptrdiff_t most = 0;
  for (auto first = roots.begin(); first != roots.end();) {
    const auto last = std::upper_bound(first, roots.end(), *first);
    if (last - first > most) {
      most = last - first;
      found = *first;
    }
    first = last;
  }
  return found;
}

}  // namespace

/// Afforest (Sutton, Ben-Nun and Barak, Optimizing parallel graph connectivity computation via subgraph sampling, IPDPS
/// 2018): two edges of each node make most of a large component, whose nodes then need not be looked at.
std::vector<Node> roots_of_components(CsrView g) {
  constexpr Edge first_edges = 2;
  Forest forest(g.rows);
  const auto join_rows = [&](auto&& edges_of) {
    parallel_ranges(g.rows, rows_at_once, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        for (const Node j : edges_of(i))
          forest.join(static_cast<Node>(i), j);
    });
  };
  join_rows([&](Index i) { return row_of(g, i).first(static_cast<std::size_t>(std::min(first_edges, g.degree(i)))); });
  const Node large = frequent_root(forest, g.rows);
  join_rows([&](Index i) {
    const bool known = g.degree(i) <= first_edges || forest.root(static_cast<Node>(i)) == large;
    return known ? std::span<const Node>() : row_of(g, i).subspan(static_cast<std::size_t>(first_edges));
  });
  return forest.take();
}

}  // namespace mercer
