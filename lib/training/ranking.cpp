#include "training/ranking.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace mercer {
namespace {

/// Calls visit(first, last, positives) for each run of equal scores.
template <class Visit>
void for_each_tie(const Scored& sorted, Visit&& visit) {
  for (std::size_t first = 0, last = 0; first < sorted.size(); first = last) {
    double positives = 0;
    for (; last < sorted.size() && sorted[last].first == sorted[first].first; ++last)
      positives += sorted[last].second ? 1 : 0;
    visit(first, last, positives);
  }
}

}  // namespace

double area_under_roc(Scored scored) {
  std::ranges::sort(scored);
  // the rank sum of the positives, where equal scores share the mean of their ranks
  double rank_sum = 0, positives = 0;
  for_each_tie(scored, [&](std::size_t first, std::size_t last, double tied) {
    rank_sum += tied * static_cast<double>(first + 1 + last) / 2;
    positives += tied;
  });
  const double negatives = static_cast<double>(scored.size()) - positives;
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

double area_of_steps(Scored scored) {
  std::ranges::sort(scored, std::greater());
  double area = 0, found = 0;
  for_each_tie(scored, [&](std::size_t, std::size_t last, double tied) {
    found += tied;
    area += tied * found / static_cast<double>(last);
  });
  return area / found;
}

}  // namespace mercer
