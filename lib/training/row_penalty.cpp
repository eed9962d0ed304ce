#include "training/row_penalty.hpp"

#include <algorithm>
#include <cmath>

#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

/// Σ_c (x_c / (ρ + λ s_c))² and the slope of its inverse root in ρ.
struct Secular {
  double sum = 0, slope = 0;

  Secular(const Real* x, const Real* s, Index columns, double lambda, double rho) {
    double cubes = 0;
    for (Index c = 0; c < columns; ++c) {
      const double below = rho + lambda * static_cast<double>(s[c]), part = static_cast<double>(x[c]) / below;
      sum += part * part;
      cubes += part * part / below;
    }
    slope = cubes / (sum * std::sqrt(sum));
  }
};

/// The length ρ of a, from a_c = x_c ρ / (ρ + λ s_c): the root of Σ_c (x_c / (ρ + λ s_c))² = 1, or 0 where there is
/// none. The inverse root of that sum is concave in ρ and increases, so Newton's steps from 0 never pass the root; of
/// equal step sizes it is linear, and one step is enough.
double length_of(const Real* x, const Real* s, Index columns, double lambda) {
  constexpr int most_steps = 60;
  double rho = 0;
  for (int step = 0; step < most_steps; ++step) {
    const Secular here(x, s, columns, lambda, rho);
    if (here.sum <= 1) break;
    const double further = (1 - 1 / std::sqrt(here.sum)) / here.slope;
    rho += further;
    if (further <= 1e-15 * rho) break;
  }
  return rho;
}

}  // namespace

void shrink_rows(View rows, ConstView steps, double lambda) {
  parallel_ranges(rows.rows, 64, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      Real* x = rows.data + i * rows.columns;
      const Real* s = steps.data + i * rows.columns;
      const double rho = length_of(x, s, rows.columns, lambda);
      if (std::isnan(rho)) continue;  // what is not finite stays so
      for (Index c = 0; c < rows.columns; ++c)
        x[c] = rho > 0 ? static_cast<Real>(static_cast<double>(x[c]) * rho / (rho + lambda * static_cast<double>(s[c])))
                       : Real(0);
    }
  });
}

}  // namespace mercer
