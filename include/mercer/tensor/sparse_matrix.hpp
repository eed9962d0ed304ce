#pragma once

#include <cstddef>
#include <memory>
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
  Edge nonzeros = 0;
  Device device = Device::cpu;
  /// On a CUDA device the same by columns: nonzero n of a column stands in row `row[n]` and has value[place[n]].
  const Edge* column_offset = nullptr;  // [columns + 1]
  const Node* row = nullptr;            // [nonzeros], ascending within a column
  const Edge* place = nullptr;          // [nonzeros]
  Edge first_nonzero = 0;               // of these rows, in the matrix that they were taken from
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

  /// The same places with other values, as the library's own loops made them; `value` on the same device.
  SparseMatrix with_values(Buffer value) const;

  /// Rows first … last − 1, which still know where they stood: dropout counts draws by nonzeros of the whole. On the
  /// CPU only. Throws ValueError on rows that there aren't.
  SparseMatrix rows(Index first, Index last) const;

  /// A copy on that device.
  SparseMatrix to(Device device) const;

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Edge nonzeros() const { return nonzeros_; }

  Device device() const { return value_.device(); }

  // On the CPU only.
  std::span<const Edge> offset() const { return {view().offset, static_cast<std::size_t>(rows_) + 1}; }  // [rows + 1]
  std::span<const Node> column() const { return {view().column, static_cast<std::size_t>(nonzeros_)}; }  // [nonzeros]
  std::span<const Real> value() const { return {view().value, static_cast<std::size_t>(nonzeros_)}; }    // [nonzeros]
  std::span<Real> value() { return {static_cast<Real*>(value_.data()), static_cast<std::size_t>(nonzeros_)}; }
  Tensor to_dense() const;

  SparseView view() const;

 private:
  /// Where the nonzeros stand, shared by matrices that differ in values alone.
  struct Places {
    Buffer offset, column;
    Buffer column_offset{}, row{}, place{};  // on a CUDA device
  };

  Index rows_ = 0;
  Index columns_ = 0;
  Edge nonzeros_ = 0;
  Edge first_nonzero_ = 0;
  std::shared_ptr<const Places> places_;
  Buffer value_;
};

}  // namespace mercer
