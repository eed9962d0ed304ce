#include "mercer/experiment/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

namespace {

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b, const char* who) {
  require(a.size() == b.size(), who,
          "got " + std::to_string(a.size()) + " and " + std::to_string(b.size()) + " values, want as many");
  std::vector<double> made;
  for (std::size_t i = 0; i < a.size(); ++i)
    made.push_back(a[i] - b[i]);
  return made;
}

/// Twice the ranks of ascending values, 1 the smallest; equal values share the mean of theirs.
std::vector<std::size_t> doubled_ranks(const std::vector<double>& ascending) {
  std::vector<std::size_t> ranks;
  for (const double value : ascending) {
    const auto [first, last] = std::equal_range(ascending.begin(), ascending.end(), value);
    ranks.push_back(static_cast<std::size_t>((first - ascending.begin()) + (last - ascending.begin()) + 1));
  }
  return ranks;
}

/// P(S = s), s = 0 … Σ ranks, of the sum S of a subset of the ranks, all subsets being equally likely.
std::vector<double> subset_sums(const std::vector<std::size_t>& ranks) {
  std::vector<double> share{1};
  for (const std::size_t rank : ranks) {
    std::vector<double> next(share.size() + rank, 0);
    for (std::size_t s = 0; s < share.size(); ++s) {
      next[s] += share[s] / 2;
      next[s + rank] += share[s] / 2;
    }
    share = std::move(next);
  }
  return share;
}

}  // namespace

Spread spread(const std::vector<double>& values) {
  std::vector<double> known;
  std::ranges::copy_if(values, std::back_inserter(known), [](double x) { return std::isfinite(x); });
  if (known.empty()) return {std::numeric_limits<double>::quiet_NaN(), 0};
  const auto n = static_cast<double>(known.size());
  double sum = 0, squares = 0;
  for (const double x : known)
    sum += x;
  const double mean = sum / n;
  for (const double x : known)
    squares += (x - mean) * (x - mean);
  return {mean, known.size() < 2 ? 0 : std::sqrt(squares / (n - 1))};
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double student_quantile(double p, double freedom) {
  require(
      p > 0 && p < 1 && freedom > 0, "student_quantile",
      "got p = " + std::to_string(p) + ", freedom = " + std::to_string(freedom) + ", want 0 < p < 1 and freedom > 0");
  // in double alone: by default boost computes in long double, at twice the time to compile
  using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  return boost::math::quantile(boost::math::students_t_distribution<double, Policy>(freedom), p);
}

Estimate estimate(const std::vector<double>& values) {
  const auto is_known = [](double x) { return std::isfinite(x); };
  const auto n = static_cast<std::size_t>(std::count_if(values.begin(), values.end(), is_known));
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const Spread s = spread(values);
  if (n < 2) return {s.mean, unknown, unknown, n};
  const double count = static_cast<double>(n);
  const double reach = student_quantile(0.975, count - 1) * s.deviation / std::sqrt(count);
  return {s.mean, s.mean - reach, s.mean + reach, n};
}

Estimate paired_difference(const std::vector<double>& a, const std::vector<double>& b) {
  return estimate(differences(a, b, "paired_difference"));
}

double signed_rank_test(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> kept = differences(a, b, "signed_rank_test");
  std::erase_if(kept, [](double x) { return !std::isfinite(x) || x == 0; });
  std::ranges::sort(kept, {}, [](double x) { return std::abs(x); });
  std::vector<double> sizes;
  for (const double x : kept)
    sizes.push_back(std::abs(x));
  const std::vector<std::size_t> ranks = doubled_ranks(sizes);
  const std::vector<double> share = subset_sums(ranks);
  const std::size_t total = share.size() - 1;
  std::size_t positive = 0;
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (kept[i] > 0) positive += ranks[i];
  const auto inequality = [&](std::size_t sum) { return std::max(2 * sum, total) - std::min(2 * sum, total); };
  double p = 0;
  for (std::size_t sum = 0; sum < share.size(); ++sum)
    if (inequality(sum) >= inequality(positive)) p += share[sum];
  return p;
}

std::vector<double> holm_adjusted(const std::vector<double>& probabilities) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (std::isfinite(probabilities[i])) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return probabilities[i]; });
  std::vector<double> adjusted = probabilities;
  double reached = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    reached = std::max(reached, std::min(1.0, static_cast<double>(order.size() - k) * probabilities[order[k]]));
    adjusted[order[k]] = reached;
  }
  return adjusted;
}

}  // namespace mercer
