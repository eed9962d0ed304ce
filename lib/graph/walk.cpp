#include "mercer/graph/walk.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"

namespace mercer {
namespace {

constexpr Index rows_of_walks = 64;
constexpr std::uint32_t walk_draws = 0x77616C6B;  // the call of the stream, used by nothing else

struct Visits {
  std::vector<std::pair<Node, Index>> count;  // ascending nodes
  double norm = 0;
};

/// Each step is decided by one word of the draw (i, walk · draws + step / 4).
void walk_from(CsrView g, Node i, const WalkOptions& options, std::vector<Node>& visited) {
  const Stream stream{options.seed, 0, walk_draws};
  const Index draws = (options.length + 3) / 4;
  visited.clear();
  for (Index walk = 0; walk < options.walks; ++walk) {
    Node node = i;
    Philox::Counter words{};
    for (Index step = 0; step < options.length; ++step) {
      const auto part = static_cast<std::size_t>(step % 4);
      if (part == 0)
        words = stream.draw(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(walk * draws + step / 4));
      // word · degree / 2³²: the bias is below degree / 2³²
      const auto degree = static_cast<std::uint64_t>(g.degree(node));
      if (degree > 0) node = g.neighbour[g.offset[node] + static_cast<Edge>((words[part] * degree) >> 32)];
      visited.push_back(node);
    }
  }
}

Visits visits_from(CsrView g, Node i, const WalkOptions& options, std::vector<Node>& visited) {
  walk_from(g, i, options, visited);
  visited.insert(visited.end(), static_cast<std::size_t>(options.walks), i);  // the start of each walk
  std::ranges::sort(visited);
  Visits visits;
  for (const Node j : visited) {
    if (visits.count.empty() || visits.count.back().first != j) visits.count.emplace_back(j, 0);
    ++visits.count.back().second;
  }
  double square = 0;
  for (const auto& [j, count] : visits.count)
    square += static_cast<double>(count) * static_cast<double>(count);
  visits.norm = std::sqrt(square);
  visits.count.shrink_to_fit();
  return visits;
}

Real cosine(const Visits& a, const Visits& b) {
  double dot = 0;
  for (auto x = a.count.begin(), y = b.count.begin(); x != a.count.end() && y != b.count.end();) {
    if (x->first == y->first)
      dot += static_cast<double>((x++)->second) * static_cast<double>((y++)->second);
    else if (x->first < y->first)
      ++x;
    else
      ++y;
  }
  return static_cast<Real>(std::min(dot / (a.norm * b.norm), 1.0));
}

}  // namespace

std::vector<Real> walk_similarity(CsrView g, const WalkOptions& options) {
  expect("walk_similarity", {{"columns", g.columns, g.rows}});
  constexpr Index most = Index{1} << 20;
  require(options.walks >= 1 && options.walks <= most, "walk_similarity",
          "walks: got " + std::to_string(options.walks) + ", want 1 to " + std::to_string(most));
  require(options.length >= 1 && options.length <= 1000, "walk_similarity",
          "length: got " + std::to_string(options.length) + ", want 1 to 1000");
  std::vector<Visits> of(static_cast<std::size_t>(g.rows));
  parallel_ranges(g.rows, rows_of_walks, [&](Index first, Index last) {
    std::vector<Node> visited;
    for (Index i = first; i < last; ++i)
      of[static_cast<std::size_t>(i)] = visits_from(g, static_cast<Node>(i), options, visited);
  });
  std::vector<Real> similarity(static_cast<std::size_t>(g.edges()));
  parallel_ranges(g.rows, rows_of_walks, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (const Edge e : g.row(i))
        similarity[static_cast<std::size_t>(e)] =
            cosine(of[static_cast<std::size_t>(i)], of[static_cast<std::size_t>(g.neighbour[e])]);
  });
  return similarity;
}

}  // namespace mercer
