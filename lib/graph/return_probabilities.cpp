#include "mercer/graph/return_probabilities.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

constexpr Index rows_of_returns = 64;  // of one block of work

/// Where a walk may be, and how probably: dense values, and the places that are not 0.
struct Distribution {
  std::vector<double> at;  // [n], zeros but for the places
  std::vector<Node> places{};

  explicit Distribution(Index nodes) : at(static_cast<std::size_t>(nodes), 0) {}
  void add(Node j, double share) {
    double& value = at[static_cast<std::size_t>(j)];
    if (value == 0) places.push_back(j);
    value += share;
  }
  void clear() {
    for (const Node j : places)
      at[static_cast<std::size_t>(j)] = 0;
    places.clear();
  }
};

void walk_on(CsrView g, const std::vector<double>& degree, const Distribution& here, Distribution& next) {
  next.clear();
  for (const Node j : here.places) {
    const double share = here.at[static_cast<std::size_t>(j)] / degree[static_cast<std::size_t>(j)];
    for (const Edge e : g.row(j))
      if (const Node k = g.neighbour[e]; k != j) next.add(k, share);
  }
}

/// Σ_j a_j b_j d_i / d_j.
double met(const Distribution& a, const Distribution& b, const std::vector<double>& degree, double own) {
  double sum = 0;
  for (const Node j : a.places) {
    const auto place = static_cast<std::size_t>(j);
    sum += a.at[place] * b.at[place] * own / degree[place];
  }
  return sum;
}

}  // namespace

std::vector<double> return_probabilities(CsrView g, Index steps) {
  expect("return_probabilities", {{"columns", g.columns, g.rows}});
  require(steps >= 1 && steps <= 1000, "return_probabilities",
          "steps: got " + std::to_string(steps) + ", want 1 to 1000");
  require(is_symmetric(g), "return_probabilities", "got a directed graph, want a symmetric one: symmetrise it");
  std::vector<double> degree(static_cast<std::size_t>(g.rows), 0);
  for (Index i = 0; i < g.rows; ++i)
    for (const Edge e : g.row(i))
      degree[static_cast<std::size_t>(i)] += static_cast<Index>(g.neighbour[e]) == i ? 0 : 1;
  std::vector<double> returns(static_cast<std::size_t>(g.rows * steps), 0);
  const Index each = std::max<Index>(rows_of_returns, (g.rows + 63) / 64);  // few blocks: each has its own memory
  parallel_ranges(g.rows, each, [&](Index first, Index last) {
    Distribution here(g.rows), next(g.rows);
    for (Index i = first; i < last; ++i) {
      const double own = degree[static_cast<std::size_t>(i)];
      if (own == 0) continue;
      double* row = returns.data() + i * steps;
      here.clear();
      here.add(static_cast<Node>(i), 1);
      for (Index k = 1; k <= steps; ++k) {
        if (k % 2 == 1) {
          walk_on(g, degree, here, next);
          row[k - 1] = met(here, next, degree, own);
        } else {
          std::swap(here, next);
          row[k - 1] = met(here, here, degree, own);
        }
      }
    }
  });
  return returns;
}

}  // namespace mercer
