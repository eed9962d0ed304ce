#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mercer/base/buffer.hpp"
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
  SparseMatrix();  // 0 x 0

  /// Throws ShapeError or ValueError when offsets fall, don't match, or a column is out of range or not ascending.
  SparseMatrix(Index rows, Index columns, const std::vector<Edge>& offset, const std::vector<Node>& column,
               const std::vector<Real>& value);

  static SparseMatrix from_dense(const Tensor& dense);  // keeps what is not zero

  /// The three arrays as the library's own loops made them. Trusted: nothing is checked. Buffers on the CPU,
  /// none smaller than its array.
  static SparseMatrix trusted(Index rows, Index columns, Edge nonzeros, Buffer offset, Buffer column, Buffer value);

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Edge nonzeros() const { return nonzeros_; }

  std::span<const Edge> offset() const { return {view().offset, static_cast<std::size_t>(rows_) + 1}; }  // [rows + 1]
  std::span<const Node> column() const { return {view().column, static_cast<std::size_t>(nonzeros_)}; }  // [nonzeros]
  std::span<const Real> value() const { return {view().value, static_cast<std::size_t>(nonzeros_)}; }    // [nonzeros]
  std::span<Real> value() { return {static_cast<Real*>(value_.data()), static_cast<std::size_t>(nonzeros_)}; }

  SparseView view() const {
    return {rows_, columns_, static_cast<const Edge*>(offset_.data()), static_cast<const Node*>(column_.data()),
            static_cast<const Real*>(value_.data())};
  }
  Tensor to_dense() const;

 private:
  Index rows_ = 0;
  Index columns_ = 0;
  Edge nonzeros_ = 0;
  Buffer offset_;
  Buffer column_;
  Buffer value_;
};

}  // namespace mercer
