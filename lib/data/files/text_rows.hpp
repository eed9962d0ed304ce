#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/files/text_file.hpp"
#include "mercer/data/dataset.hpp"

/// Shared by the readers of text formats: rows of features, and classes by name.
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

/// A finite number that fits Real; otherwise throws FileError that names the line and the column (from 1).
Real feature_value(const TextFile& file, Index line, Index column, std::string_view text);

/// Sets labels and class_names. Classes are numbered in ascending order: integers by value, then other names. An empty
/// name means no label.
void set_labels(std::span<const std::string_view> names, Dataset& data);

}  // namespace mercer
