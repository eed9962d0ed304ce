#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/data/dataset.hpp"
#include "mercer/tensor/sparse_matrix.hpp"

namespace mercer {

/// Collects sparse features row by row: drops zeros and sorts the columns of a row. Throws FileError
/// "FILE: PLACE, row r: …" on a value that is not finite, or a column that is out of range or occurs twice.
class FeatureRows {
 public:
  FeatureRows(std::filesystem::path file, std::string place, Index columns);
  void reserve(Index rows, Edge nonzeros);

  void now_from(std::filesystem::path file, std::string place);  // file and place of the next rows, for messages
  void begin_row(Index row) { row_ = row; }                      // only when the source's rows are not in order
  void add(std::int64_t column, double value);                   // to the open row
  void end_row();

  SparseMatrix matrix() &&;

 private:
  [[noreturn]] void refuse(const std::string& what) const;
  void sort_open_row();

  std::filesystem::path file_;
  std::string place_;
  Index columns_;
  Index row_ = 0;  // row number in the source
  bool ascending_ = true;
  std::vector<Edge> offset_{0};
  std::vector<Node> column_;
  std::vector<Real> value_;
};

/// Sparse when at least three quarters of the values are zero, else dense: the same for every format, since the default
/// preparation depends on it.
Features in_fitting_form(SparseMatrix features);

/// The rows of `nodes`, in their order.
Features rows_of(const Features& features, std::span<const Node> nodes);

inline constexpr Index most_classes = 65536;  // more than any data set has; small enough that each gets a name

/// Class names "0", "1", …
std::vector<std::string> numbered_classes(Index count);

/// The labels unchanged; throws FileError unless all are in −1 (no label) … most_classes − 1.
std::vector<std::int32_t> checked_labels(const std::string& source, const std::vector<std::int64_t>& labels);
Index classes_of(const std::vector<std::int32_t>& labels);  // the largest + 1; 0 without labels

/// No columns, with a note of what would give features: "a member attr_matrix".
Features no_features(Index nodes, const std::string& giver, std::vector<std::string>& notes);
/// No label of any node, with such a note.
void set_no_labels(Index nodes, const std::string& giver, Dataset& data);

}  // namespace mercer
