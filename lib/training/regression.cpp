#include "mercer/training/regression.hpp"

#include <string>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_targets(const char* op, ConstView x, ConstView y, std::span<const Node> rows) {
  require(x.device.is_cpu() && y.device.is_cpu(), op, "the predictions or targets are not on the CPU");
  expect(op, {{"rows of the targets", y.rows, x.rows}, {"columns of the targets", y.columns, x.columns}});
  require(!rows.empty() && x.columns > 0, op, "no values to look at");
  for (const Node i : rows) {
    require(i >= 0 && i < x.rows, op, [&] {
      return "row " + std::to_string(i) + " is not among the " + std::to_string(x.rows) + " of the predictions";
    });
    for (Index c = 0; c < y.columns; ++c)
      require(std::isfinite(y(i, c)), op, [&] { return "the target of row " + std::to_string(i) + " is not finite"; });
  }
}

/// Mean of f(x_ic − y_ic).
template <class F>
double mean_of_differences(ConstView x, ConstView y, std::span<const Node> rows, F f) {
  double sum = 0;
  for (const Node i : rows)
    for (Index c = 0; c < x.columns; ++c)
      sum += f(static_cast<double>(x(i, c)) - static_cast<double>(y(i, c)));
  return sum / static_cast<double>(std::ssize(rows) * x.columns);
}

double mean_of_column(ConstView y, std::span<const Node> rows, Index c) {
  double sum = 0;
  for (const Node i : rows)
    sum += static_cast<double>(y(i, c));
  return sum / static_cast<double>(rows.size());
}

}  // namespace

double mean_absolute_error(ConstView x, ConstView y, std::span<const Node> rows) {
  check_targets("mean_absolute_error", x, y, rows);
  return mean_of_differences(x, y, rows, [](double d) { return std::abs(d); });
}

double mean_squared_error(ConstView x, ConstView y, std::span<const Node> rows) {
  check_targets("mean_squared_error", x, y, rows);
  return mean_of_differences(x, y, rows, [](double d) { return d * d; });
}

double r_squared(ConstView x, ConstView y, std::span<const Node> rows) {
  check_targets("r_squared", x, y, rows);
  double sum = 0;
  for (Index c = 0; c < x.columns; ++c) {
    const double mean = mean_of_column(y, rows, c);
    double residual = 0, total = 0;
    for (const Node i : rows) {
      const double target = static_cast<double>(y(i, c)), missed = static_cast<double>(x(i, c)) - target;
      residual += missed * missed;
      total += (target - mean) * (target - mean);
    }
    require(total > 0, "r_squared", [&] { return "the targets of column " + std::to_string(c) + " are all the same"; });
    sum += 1 - residual / total;
  }
  return sum / static_cast<double>(x.columns);
}

}  // namespace mercer
