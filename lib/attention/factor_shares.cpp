#include "mercer/attention/factor_shares.hpp"

#include <cmath>
#include <limits>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr double least_spread = 1e-5;  // of ln α; smaller spreads are rounding errors

/// Sums over rows; every member of FactorShares is a ratio of two.
struct Sums {
  double variance = 0, similarity = 0, magnitude = 0;
  double entropy = 0, distance = 0, near_uniform = 0;
  double negative = 0, weights = 0, rows = 0;

  void add(const Sums& other) {
    variance += other.variance, similarity += other.similarity, magnitude += other.magnitude;
    entropy += other.entropy, distance += other.distance, near_uniform += other.near_uniform;
    negative += other.negative, weights += other.weights, rows += other.rows;
  }

  FactorShares shares() const {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    const auto share = [](double part, double whole) { return whole > 0 ? part / whole : nothing; };
    const bool varies = variance > weights * least_spread * least_spread;
    return {.similarity = varies ? similarity / variance : nothing,
            .magnitude = varies ? magnitude / variance : nothing,
            .entropy = share(entropy, rows),
            .distance = share(distance, rows),
            .near_uniform = share(near_uniform, rows),
            .negative = share(negative, weights),
            .rows = static_cast<Index>(rows)};
  }
};

/// Covariances of the logarithms within a row. Edges of weight 0 have no logarithm and are left out.
void add_covariances(const Factors& factors, EdgeRange row, Index h, Sums& sums) {
  double s = 0, m = 0, count = 0;
  const auto counts = [&](Edge e) {
    return std::isfinite(factors.log_similarity(e, h)) && std::isfinite(factors.log_magnitude(e, h));
  };
  for (const Edge e : row)
    if (counts(e)) {
      s += factors.log_similarity(e, h);
      m += factors.log_magnitude(e, h);
      ++count;
    }
  for (const Edge e : row)
    if (counts(e)) {
      const double ds = factors.log_similarity(e, h) - s / count, dm = factors.log_magnitude(e, h) - m / count;
      sums.similarity += ds * (ds + dm);
      sums.magnitude += dm * (ds + dm);
      sums.variance += (ds + dm) * (ds + dm);
    }
}

void add_row(const Factors& factors, EdgeRange row, Index h, Sums& sums) {
  double whole = 0;
  for (const Edge e : row)
    whole += std::abs(static_cast<double>(factors.alpha(e, h)));
  if (row.size() < 2 || !(whole > 0)) return;
  const double uniform = 1 / static_cast<double>(row.size());
  double entropy = 0, distance = 0;
  for (const Edge e : row) {
    const double alpha = std::abs(static_cast<double>(factors.alpha(e, h))) / whole;
    if (alpha > 0) entropy -= alpha * std::log(alpha);
    distance += std::abs(alpha - uniform) / 2;
    sums.negative += factors.alpha(e, h) < 0;
  }
  sums.weights += static_cast<double>(row.size());
  sums.entropy -= entropy / std::log(uniform);
  sums.distance += distance;
  sums.near_uniform += distance <= near_uniform_distance;
  ++sums.rows;
  add_covariances(factors, row, h, sums);
}

}  // namespace

std::vector<FactorShares> factor_shares(const Neighbourhood& neighbourhood, const Factors& factors) {
  for (const Tensor* each : {&factors.alpha, &factors.similarity, &factors.log_magnitude})
    expect("factor_shares",
           {{"rows", each->rows(), neighbourhood.edges()}, {"columns", each->columns(), factors.alpha.columns()}});
  const EdgeRows g = neighbourhood.view().adjacency;
  std::vector<FactorShares> shares;
  Sums all;
  for (Index h = 0; h < factors.alpha.columns(); ++h) {
    Sums sums;
    for (Index i = 0; i < g.rows; ++i)
      add_row(factors, g.row(i), h, sums);
    shares.push_back(sums.shares());
    all.add(sums);
  }
  shares.push_back(all.shares());
  return shares;
}

}  // namespace mercer
