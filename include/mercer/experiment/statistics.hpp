#pragma once

#include <vector>

/// Statistics of values over seeds. Values that are not finite, of failed runs, are ignored.
namespace mercer {

/// Mean and sample standard deviation (n − 1; 0 for one value) of the finite values; NaN when there are none.
struct Spread {
  double mean = 0, deviation = 0;
};
Spread spread(const std::vector<double>& values);
double median(std::vector<double> values);  // 0 when empty

/// A mean and its 95 % confidence interval by Student's t with n − 1 degrees of freedom: mean ± t √(s² / n). With fewer
/// than two values low and high are NaN.
struct Estimate {
  double mean = 0, low = 0, high = 0;
  std::size_t count = 0;
};
Estimate estimate(const std::vector<double>& values);

/// The estimate of a_i − b_i over pairs of one seed and split, where both values are finite. Pairing removes the
/// variance of seeds and splits. Throws ValueError when the lengths differ.
Estimate paired_difference(const std::vector<double>& a, const std::vector<double>& b);

/// Wilcoxon's signed-rank test of pairs: the probability, were a and b equally good, of rank sums as unequal as these
/// or more, on both sides. Exact: every choice of signs counts. Equal pairs and pairs that lack a value are left out,
/// equal sizes share their mean rank; 1 without a pair (Wilcoxon, Individual Comparisons by Ranking Methods, 1945; for
/// classifiers over data sets Demšar, JMLR 2006, section 3.1.3). Throws ValueError when the lengths differ.
double signed_rank_test(const std::vector<double>& a, const std::vector<double>& b);

/// Holm's adjustment of m probabilities for m tests at once: the k-th smallest becomes the largest of
/// min(1, (m − j + 1) p_j), j ≤ k. Values that are not finite stay, and are no tests (Holm, 1979).
std::vector<double> holm_adjusted(const std::vector<double>& probabilities);

/// The quantile t of Student's distribution: P(T ≤ t) = p. Throws ValueError unless 0 < p < 1 and freedom > 0.
double student_quantile(double p, double freedom);

}  // namespace mercer
