#include <cmath>

#include "mercer/autograd/readout.hpp"
#include "support/functions/function_case.hpp"

namespace mercer::test {
namespace {

using Definition = std::function<Wide(const Wide& x)>;

FunctionCase of_rows(const char* name, std::function<Variable(const Variable&)> function, Definition definition) {
  return {name, [](Index n) { return std::vector{random_tensor(n, 5, 3)}; },
          [function](Operands x) { return function(x[0]); },
          [definition](std::span<const Wide> x) { return definition(x[0]); }};
}

/// Segments of n rows: one row, none, a third, the rest.
std::vector<Index> segments(Index n) {
  const Index one = std::min<Index>(n, 1);
  return {0, one, one, std::max(one, n / 3), n};
}

/// y_sc = fold of the entries of column c in the rows of segment s; 0 of none.
template <class Fold>
Definition of_segments(std::vector<Index> (*offsets)(Index), Fold fold) {
  return [=](const Wide& x) {
    const std::vector<Index> offset = offsets(x.rows);
    Wide y(std::ssize(offset) - 1, x.columns);
    for (Index s = 0; s < y.rows; ++s)
      for (Index c = 0; c < x.columns; ++c) {
        std::vector<double> entries;
        for (Index i = offset[static_cast<std::size_t>(s)]; i < offset[static_cast<std::size_t>(s) + 1]; ++i)
          entries.push_back(x(i, c));
        y(s, c) = entries.empty() ? 0 : fold(entries);
      }
    return y;
  };
}

std::vector<Index> all_rows(Index n) { return {0, n}; }

double total(const std::vector<double>& entries) {
  double sum = 0;
  for (const double each : entries)
    sum += each;
  return sum;
}
double mean(const std::vector<double>& entries) { return total(entries) / static_cast<double>(entries.size()); }
double largest(const std::vector<double>& entries) { return *std::ranges::max_element(entries); }

Wide log_softmax_of(const Wide& x) {
  Wide y = x;
  for (Index i = 0; i < x.rows; ++i) {
    double sum = 0;
    for (Index c = 0; c < x.columns; ++c)
      sum += std::exp(x(i, c));
    for (Index c = 0; c < x.columns; ++c)
      y(i, c) -= std::log(sum);
  }
  return y;
}

Wide softmax_of(const Wide& x) {
  Wide y = log_softmax_of(x);
  for (double& value : y.values)
    value = std::exp(value);
  return y;
}

Wide sum_of_columns_of(const Wide& x) {
  Wide y(x.rows, 1);
  for (Index i = 0; i < x.rows; ++i)
    for (Index c = 0; c < x.columns; ++c)
      y(i, 0) += x(i, c);
  return y;
}

}  // namespace

std::vector<FunctionCase> row_functions() {
  using X = const Variable&;
  return {
      of_rows("log_softmax", log_softmax, log_softmax_of),
      of_rows("softmax", softmax, softmax_of),
      of_rows("sum_of_columns", sum_of_columns, sum_of_columns_of),
      of_rows(
          "sum_of_rows", [](X x) { return sum_of_rows(x); }, of_segments(all_rows, total)),
      of_rows(
          "mean_of_rows", [](X x) { return mean_of_rows(x); }, of_segments(all_rows, mean)),
      of_rows(
          "max_of_rows", [](X x) { return max_of_rows(x); }, of_segments(all_rows, largest)),
      of_rows(
          "sum_of_rows of segments", [](X x) { return sum_of_rows(x, segments(x.rows())); },
          of_segments(segments, total)),
      of_rows(
          "mean_of_rows of segments", [](X x) { return mean_of_rows(x, segments(x.rows())); },
          of_segments(segments, mean)),
      of_rows(
          "max_of_rows of segments", [](X x) { return max_of_rows(x, segments(x.rows())); },
          of_segments(segments, largest)),
  };
}

}  // namespace mercer::test
