#include "mercer/layers/initialise.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace mercer {
namespace {

Variable uniform(Index rows, Index columns, double bound, Random& random) {
  Tensor value = Tensor::uninitialized(rows, columns);
  for (Real& x : value.values())
    x = static_cast<Real>(random.uniform(-bound, bound));
  return Variable(std::move(value), true);
}

/// Makes each vector orthogonal to those before it, of length 1. Two rounds remove the rounding of the first.
void make_orthonormal(std::vector<std::vector<double>>& vectors) {
  const auto dot = [](const auto& a, const auto& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); };
  for (std::size_t m = 0; m < vectors.size(); ++m) {
    for (std::size_t n = 0; n < 2 * m; ++n) {
      const std::vector<double>& other = vectors[n % m];
      const double along = dot(vectors[m], other);
      for (std::size_t c = 0; c < other.size(); ++c)
        vectors[m][c] -= along * other[c];
    }
    const double length = std::sqrt(dot(vectors[m], vectors[m]));
    for (double& value : vectors[m])
      value /= length;
  }
}

/// √(6 / fan), or any bound for a layer without inputs, which has no values to draw.
double bound_of(double fan) { return std::sqrt(6 / std::max(fan, 1.0)); }

}  // namespace

Variable glorot_uniform(Index rows, Index columns, Fans fans, Random& random) {
  return uniform(rows, columns, bound_of(static_cast<double>(fans.in + fans.out)), random);
}

Variable glorot_uniform(Index rows, Index columns, Random& random) {
  return glorot_uniform(rows, columns, {rows, columns}, random);
}

Variable kaiming_uniform(Index rows, Index columns, Index fan_in, Real slope, Random& random) {
  const double gain = 1 + static_cast<double>(slope) * static_cast<double>(slope);
  return uniform(rows, columns, bound_of(gain * static_cast<double>(fan_in)), random);
}

Variable orthogonal_heads(Index rows, Index heads, Index width, Random& random) {
  const bool by_columns = width <= rows;
  const Index count = by_columns ? width : rows, length = by_columns ? rows : width;
  Tensor made = Tensor::uninitialized(rows, heads * width);
  for (Index h = 0; h < heads; ++h) {
    std::vector<std::vector<double>> vectors(static_cast<std::size_t>(count));
    for (std::vector<double>& vector : vectors)
      for (Index c = 0; c < length; ++c)
        vector.push_back(random.normal());
    make_orthonormal(vectors);
    for (Index n = 0; n < count; ++n)
      for (Index c = 0; c < length; ++c)
        made(by_columns ? c : n, h * width + (by_columns ? n : c)) =
            static_cast<Real>(vectors[static_cast<std::size_t>(n)][static_cast<std::size_t>(c)]);
  }
  return Variable(std::move(made), true);
}

Variable zeros(Index rows, Index columns) { return Variable(Tensor(rows, columns), true); }

}  // namespace mercer
