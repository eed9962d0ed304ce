#pragma once

#include <string>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/rounding.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Features, a row at a time.
class SparseRows {
 public:
  /// The largest number of columns: one wrong digit in a file must not cost gigabytes of weights.
  static constexpr Index most_columns = Index{1} << 24;

  /// Columns must ascend within a row; zeros are dropped.
  void add(Index column, Real value);
  void end_row() { offset_.push_back(static_cast<Edge>(column_.size())); }
  Index rows() const { return static_cast<Index>(offset_.size()) - 1; }

  /// Columns counted from `first`. Sparse when at least three quarters of the values are zero.
  Features take(Index columns, Index first = 0);

 private:
  std::vector<Edge> offset_{0};
  std::vector<Node> column_;
  std::vector<Real> value_;
};

/// The number when it is finite and fits Real.
std::optional<Real> finite_real(std::optional<double> value);

/// The field as such a number, 1 for true and 0 for false; otherwise throws FileError that names line and column (c
/// from 0) and what to do. `rounding` counts what loses digits.
Real feature_value(TextTable& table, std::size_t c, std::string_view name, std::string_view text,
                   Rounding* rounding = nullptr);

}  // namespace mercer
