#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/text_file.hpp"
#include "mercer/data/dataset.hpp"

/// What the readers of text formats share: rows of features and classes by name, as they are read.
namespace mercer {

/// Features, a row at a time.
class SparseRows {
 public:
  /// Largest number of columns that a file may claim: one wrong digit must not cost gigabytes of weights.
  static constexpr Index most_columns = Index{1} << 24;

  /// Columns must rise within a row; zeros are not kept.
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

/// A finite number that fits Real; refuses the line otherwise, naming the column (from 1).
Real feature_value(const TextFile& file, Index line, Index column, std::string_view text);

/// Numbers the classes in ascending order of their names, of whole numbers in ascending order; an empty name is no
/// label. Sets labels and class_names.
void set_labels(std::span<const std::string_view> names, Dataset& data);

}  // namespace mercer
