#pragma once

#include <cmath>
#include <span>

#include "mercer/tensor/tensor.hpp"

/// How far predictions x [n, d] are from real targets y [n, d] on some rows; both on the CPU. All throw ShapeError when
/// the sizes differ, ValueError when there are no rows or values, a row is out of range, or a target is not finite.
namespace mercer {

/// Mean of |x_ic − y_ic|
double mean_absolute_error(ConstView x, ConstView y, std::span<const Node> rows);

/// Mean of (x_ic − y_ic)²
double mean_squared_error(ConstView x, ConstView y, std::span<const Node> rows);

/// √ of the above
inline double root_mean_squared_error(ConstView x, ConstView y, std::span<const Node> rows) {
  return std::sqrt(mean_squared_error(x, y, rows));
}

/// 1 − Σ_i (x_ic − y_ic)² / Σ_i (y_ic − ȳ_c)², the mean over columns c. Throws ValueError when a column's targets are
/// all the same.
double r_squared(ConstView x, ConstView y, std::span<const Node> rows);

}  // namespace mercer
