#include "mercer/layers/initialise.hpp"

#include <algorithm>
#include <cmath>

namespace mercer {
namespace {

Variable uniform(Index rows, Index columns, double bound, Random& random) {
  Tensor value = Tensor::uninitialized(rows, columns);
  for (Real& x : value.values())
    x = static_cast<Real>(random.uniform(-bound, bound));
  return Variable(std::move(value), true);
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

Variable zeros(Index rows, Index columns) { return Variable(Tensor(rows, columns), true); }

}  // namespace mercer
