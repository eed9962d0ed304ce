#pragma once

#include <span>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer {

/// Looks at a sparse matrix by rows: the nonzeros of row i stand at offset[i] … offset[i + 1] − 1.
struct SparseView {
  Index rows = 0;
  Index columns = 0;
  const Edge* offset = nullptr;  // [rows + 1]
  const Node* column = nullptr;  // [nonzeros], ascending within a row
  const Real* value = nullptr;   // [nonzeros]

  Edge nonzeros() const { return rows == 0 ? 0 : offset[rows]; }
};

/// Features that are mostly zero (a bag of words), by rows. Never densified by the library.
class SparseMatrix {
 public:
  SparseMatrix() = default;

  /// Throws ShapeError or ValueError when offsets fall, don't match, or a column is out of range or not ascending.
  SparseMatrix(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> column, std::vector<Real> value);

  static SparseMatrix from_dense(const Tensor& dense);  // keeps what is not zero

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Edge nonzeros() const { return static_cast<Edge>(column_.size()); }

  std::span<const Edge> offset() const { return offset_; }  // [rows + 1]
  std::span<const Node> column() const { return column_; }  // [nonzeros]
  std::span<const Real> value() const { return value_; }    // [nonzeros]
  std::span<Real> value() { return value_; }

  SparseView view() const { return {rows_, columns_, offset_.data(), column_.data(), value_.data()}; }
  Tensor to_dense() const;

 private:
  Index rows_ = 0;
  Index columns_ = 0;
  std::vector<Edge> offset_{0};
  std::vector<Node> column_;
  std::vector<Real> value_;
};

}  // namespace mercer
