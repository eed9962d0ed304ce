#include "explain/explanation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mercer/attention/factor_shares.hpp"

namespace mercer::program {

namespace {

/// The mean of a row's finite values.
template <class F>
double mean_over(EdgeRange row, F&& value) {
  double sum = 0, count = 0;
  for (const Edge e : row)
    if (const double x = value(e); std::isfinite(x)) {
      sum += x;
      ++count;
    }
  return count > 0 ? sum / count : 0;
}

/// The mean of α; geometric means of the factors, 0 where one is 0 and with the sign that all heads share.
Weight over_heads(const std::vector<Weight>& heads) {
  Weight mean;
  double similarity = 0, magnitude = 0;
  bool all_negative = true, some_negative = false;
  for (const Weight& w : heads) {
    mean.alpha += w.alpha;
    similarity += std::log(std::abs(w.similarity));
    magnitude += std::log(w.magnitude);
    all_negative = all_negative && w.similarity < 0;
    some_negative = some_negative || w.similarity < 0;
  }
  const auto count = static_cast<double>(heads.size());
  mean.alpha /= count;
  mean.similarity = std::exp(similarity / count) * (all_negative ? -1 : 1);
  if (some_negative && !all_negative) mean.similarity = std::numeric_limits<double>::quiet_NaN();
  mean.magnitude = std::exp(magnitude / count);
  return mean;
}

}  // namespace

RowMeans means_of_row(const Factors& factors, EdgeRange row, Index h) {
  return {.log_similarity = mean_over(row, [&](Edge e) { return factors.log_similarity(e, h); }),
          .log_magnitude = mean_over(row, [&](Edge e) { return factors.log_magnitude(e, h); })};
}

Weight weight_of_edge(const Factors& factors, const RowMeans& means, Edge e, Index h) {
  const double sign = factors.is_signed && factors.similarity(e, h) < 0 ? -1 : 1;
  return {.alpha = factors.alpha(e, h),
          .similarity = sign * std::exp(factors.log_similarity(e, h) - means.log_similarity),
          .magnitude = std::exp(factors.log_magnitude(e, h) - means.log_magnitude)};
}

NodeExplanation explain_node(const Graph& graph, const Factors& factors, Node node, std::optional<Index> head) {
  NodeExplanation made{.node = node, .is_signed = factors.is_signed};
  for (Index h = 0; h < factors.alpha.columns(); ++h)
    if (!head || *head == h) made.heads.push_back(h);
  const CsrView g = graph.adjacency();
  const EdgeRange row = g.row(node);
  for (const Edge e : row)
    made.neighbours.push_back({.node = g.neighbour[e]});
  for (const Index h : made.heads) {
    const RowMeans means = means_of_row(factors, row, h);
    for (const Edge e : row) {
      Neighbour& neighbour = made.neighbours[static_cast<std::size_t>(e - row.first)];
      neighbour.heads.push_back(weight_of_edge(factors, means, e, h));
      neighbour.raw_similarity.push_back(factors.similarity(e, h));
      neighbour.log_magnitude.push_back(factors.log_magnitude(e, h));
    }
  }
  for (Neighbour& neighbour : made.neighbours)
    neighbour.weight = over_heads(neighbour.heads);
  std::ranges::stable_sort(made.neighbours, [](const Neighbour& a, const Neighbour& b) {
    return std::abs(a.weight.alpha) > std::abs(b.weight.alpha);
  });
  return made;
}

bool is_near_uniform(const NodeExplanation& explanation) {
  const auto count = static_cast<double>(explanation.neighbours.size());
  double whole = 0, distance = 0;
  for (const Neighbour& neighbour : explanation.neighbours)
    whole += std::abs(neighbour.weight.alpha);
  if (count < 2 || !(whole > 0)) return false;
  for (const Neighbour& neighbour : explanation.neighbours)
    distance += std::abs(std::abs(neighbour.weight.alpha) / whole - 1 / count) / 2;
  return distance <= near_uniform_distance;
}

double alpha_from(const NodeExplanation& explanation, std::size_t first) {
  double sum = 0;
  for (std::size_t n = first; n < explanation.neighbours.size(); ++n)
    sum += explanation.neighbours[n].weight.alpha;
  return sum;
}

}  // namespace mercer::program
