#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/tensor/sparse_matrix.hpp"

namespace mercer {

/// Collects sparse features row by row: drops zeros, sorts the columns of a row that needs it. Throws FileError
/// "FILE: PLACE, row r: …" on a value that is not finite, a column out of range or one named twice.
class FeatureRows {
 public:
  FeatureRows(std::filesystem::path file, std::string place, Index columns);
  void reserve(Index rows, Edge nonzeros);

  void now_from(std::filesystem::path file, std::string place);  // where the next rows stand, for messages
  void begin_row(Index row) { row_ = row; }                      // only where the source's rows don't come in order
  void add(std::int64_t column, double value);                   // to the open row
  void end_row();

  SparseMatrix matrix() &&;

 private:
  [[noreturn]] void refuse(const std::string& what) const;
  void sort_open_row();

  std::filesystem::path file_;
  std::string place_;
  Index columns_;
  Index row_ = 0;  // as the source counts
  bool ascending_ = true;
  std::vector<Edge> offset_{0};
  std::vector<Node> column_;
  std::vector<Real> value_;
};

inline constexpr Index most_classes = 65536;  // far beyond any set, small enough to name each

/// Class names "0", "1", …
std::vector<std::string> numbered_classes(Index count);

/// Labels from −1 (none) to most_classes − 1 as they are; throws FileError on anything else.
std::vector<std::int32_t> checked_labels(const std::string& source, const std::vector<std::int64_t>& labels);
Index classes_of(const std::vector<std::int32_t>& labels);  // the largest + 1; 0 without labels

}  // namespace mercer
