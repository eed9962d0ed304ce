#include "mercer/experiment/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

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
  require(a.size() == b.size(), "paired_difference",
          "got " + std::to_string(a.size()) + " and " + std::to_string(b.size()) + " values, want as many");
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i)
    differences.push_back(a[i] - b[i]);
  return estimate(differences);
}

}  // namespace mercer
