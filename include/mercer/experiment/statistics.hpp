#pragma once

#include <vector>

/// What can be said of values over seeds. Values that are not finite (of runs that came to nothing) don't count.
namespace mercer {

/// Mean and sample standard deviation (n − 1; 0 for one value) of the finite values; NaN when there are none.
struct Spread {
  double mean = 0, deviation = 0;
};
Spread spread(const std::vector<double>& values);
double median(std::vector<double> values);  // 0 when empty

/// A mean and the interval that holds the true one in 95 % of such experiments, by Student's t with n − 1 degrees of
/// freedom: mean ± t √(s² / n). Without two values there is no interval: low and high are NaN.
struct Estimate {
  double mean = 0, low = 0, high = 0;
  std::size_t count = 0;
};
Estimate estimate(const std::vector<double>& values);

/// The same of a_i − b_i. Pairs (one seed, one split) cancel what is the seed's and the split's doing.
/// Only pairs with both values count. Throws ValueError when the lengths differ.
Estimate paired_difference(const std::vector<double>& a, const std::vector<double>& b);

/// The t with P(T ≤ t) = p of Student's distribution. Throws ValueError unless 0 < p < 1 and freedom > 0.
double student_quantile(double p, double freedom);

}  // namespace mercer
