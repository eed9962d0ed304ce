#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mercer/base/annotate.hpp"
#include "mercer/base/buffer.hpp"
#include "mercer/base/types.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer {

inline namespace MERCER_PRECISION {

/// A view of a sparse matrix by rows (CSR): the nonzeros of row i have the numbers offset[i] … offset[i + 1] − 1.
struct SparseView {
  Index rows = 0;
  Index columns = 0;
  const Edge* offset = nullptr;  // [rows + 1]
  const Node* column = nullptr;  // [nonzeros], ascending within a row
  const Real* value = nullptr;   // [nonzeros]
  Edge nonzeros = 0;
  Device device{};
  /// The same by columns (CSC), on a CUDA device only: nonzero n of a column is in row[n] and has value[place[n]].
  const Edge* column_offset = nullptr;  // [columns + 1]
  const Node* row = nullptr;            // [nonzeros], ascending within a column
  const Edge* place = nullptr;          // [nonzeros]
  // Nonzeros have numbers in the matrix that these rows were taken from.
  Edge first_nonzero = 0;              // of nonzero 0, if the rows followed each other there
  const Edge* first_of_row = nullptr;  // [rows], of each row's first nonzero; null: see above

  /// The number of nonzero e, which is in row i.
  MERCER_HD Edge number(Index i, Edge e) const {
    return first_of_row != nullptr ? first_of_row[i] + (e - offset[i]) : first_nonzero + e;
  }
};

/// Features that are mostly zero (a bag of words), by rows. The library never makes them dense.
class SparseMatrix {
 public:
  SparseMatrix();  // 0 x 0
  SparseMatrix(const SparseMatrix&) = default;
  SparseMatrix& operator=(const SparseMatrix&) = default;
  /// The other is 0 x 0 afterwards.
  SparseMatrix(SparseMatrix&& other) noexcept;
  SparseMatrix& operator=(SparseMatrix&& other) noexcept;
  ~SparseMatrix() = default;

  /// Throws ShapeError or ValueError when the offsets decrease or don't fit the arrays, or when a row's columns are out
  /// of range or not ascending.
  SparseMatrix(Index rows, Index columns, const std::vector<Edge>& offset, const std::vector<Node>& column,
               const std::vector<Real>& value);

  static SparseMatrix from_dense(const Tensor& dense);  // keeps the values that are not zero
  static SparseMatrix identity(Index n);                // [n, n], 1 on the diagonal

  /// Takes the three arrays without checks: for the library's own loops. The buffers are on the CPU and at least as
  /// large as their arrays.
  static SparseMatrix trusted(Index rows, Index columns, Edge nonzeros, Buffer offset, Buffer column, Buffer value);

  /// The same rows and columns with other values, unchecked; `value` is on the same device.
  SparseMatrix with_values(Buffer value) const;

  /// Rows first … last − 1. They keep their place in the whole matrix, since dropout numbers its draws by nonzeros of
  /// the whole. On the CPU only. Throws ValueError on rows out of range.
  SparseMatrix rows(Index first, Index last) const;
  /// The rows of these numbers, in this order, each with its place as above: the features of a block's sources. On the
  /// CPU only. Throws ValueError on rows out of range.
  SparseMatrix rows(std::span<const Node> numbers) const;

  /// A copy on that device.
  SparseMatrix to(Device device) const;

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Edge nonzeros() const { return nonzeros_; }

  Device device() const { return value_.device(); }

  // On the CPU only, and of a matrix with a name: those of a temporary would dangle.
  std::span<const Edge> offset() const& { return {view().offset, static_cast<std::size_t>(rows_) + 1}; }  // [rows + 1]
  std::span<const Node> column() const& { return {view().column, static_cast<std::size_t>(nonzeros_)}; }  // [nonzeros]
  std::span<const Real> value() const& { return {view().value, static_cast<std::size_t>(nonzeros_)}; }    // [nonzeros]
  std::span<Real> value() & { return {static_cast<Real*>(value_.data()), static_cast<std::size_t>(nonzeros_)}; }
  std::span<const Edge> offset() const&& = delete;
  std::span<const Node> column() const&& = delete;
  std::span<const Real> value() const&& = delete;
  Tensor to_dense() const;

  SparseView view() const&;
  SparseView view() const&& = delete;

 private:
  /// Rows and columns of the nonzeros; shared by matrices that differ only in their values.
  struct Places {
    Buffer offset, column;
    Buffer column_offset{}, row{}, place{};  // on a CUDA device
    Buffer first_of_row{};                   // as in SparseView
  };

  static const std::shared_ptr<const Places>& no_places();

  Index rows_ = 0;
  Index columns_ = 0;
  Edge nonzeros_ = 0;
  Edge first_nonzero_ = 0;
  std::shared_ptr<const Places> places_ = no_places();
  Buffer value_;
};

}  // namespace MERCER_PRECISION

}  // namespace mercer
