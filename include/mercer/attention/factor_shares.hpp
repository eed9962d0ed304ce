#pragma once

#include <vector>

#include "mercer/attention/attend.hpp"

namespace mercer {

/// The shares of similarity and magnitude in the attention of one head, over all rows with at least two neighbours.
struct FactorShares {
  /// cov(ln |κ|, ln |α|) / var(ln |α|) and the same for ln m, where each logarithm is centred by its mean over the row.
  /// They sum to 1; one is negative when it acts against the other. NaN when α hardly varies within rows (1e-5).
  double similarity = 0, magnitude = 0;
  double entropy = 0;       // of |α| over its sum, relative to ln |N(i)|: 1 is uniform; mean over the rows
  double distance = 0;      // total variation distance to uniform, ½ Σ_j |α_ij − 1/|N(i)||; mean over the rows
  double near_uniform = 0;  // share of the rows whose distance is at most near_uniform_distance
  double negative = 0;      // share of the weights below 0
  Index rows = 0;           // number of rows; when 0, all others are NaN
};

inline constexpr double near_uniform_distance = 0.05;

/// One for each head, then one for all heads together.
std::vector<FactorShares> factor_shares(const Neighbourhood& neighbourhood, const Factors& factors);

}  // namespace mercer
