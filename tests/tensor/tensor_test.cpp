#include "mercer/tensor/tensor.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <type_traits>

#include "mercer/base/check.hpp"
#include "mercer/tensor/sparse_matrix.hpp"

using namespace mercer;

// a copy may run out of memory; as noexcept that would end the program
static_assert(!std::is_nothrow_copy_assignable_v<Tensor> && std::is_nothrow_move_assignable_v<Tensor>);

TEST_CASE("a tensor owns zeros, and copies are deep") {
  Tensor a(2, 3);
  CHECK(max_abs_difference(a, Tensor::from({{0, 0, 0}, {0, 0, 0}})) == 0);
  Tensor b = a;
  b(1, 2) = 5;
  CHECK(a(1, 2) == 0);
  CHECK(max_abs_difference(a, b) == 5);
  CHECK_THROWS_AS(max_abs_difference(a, Tensor(3, 2)), ShapeError);
  const Real infinity = std::numeric_limits<Real>::infinity();
  CHECK(max_abs_difference(Tensor::from({{infinity, 1}}), Tensor::from({{infinity, 3}})) == 2);
  CHECK(std::isnan(max_abs_difference(Tensor::from({{infinity - infinity}}), Tensor::from({{1}}))));
  CHECK_THROWS_AS(Tensor(-1, 2), ShapeError);
  CHECK_THROWS_AS(Tensor(Index{1} << 40, Index{1} << 40), ShapeError);
  CHECK(Tensor(0, 7).empty());
}

TEST_CASE("a tensor that was moved from is empty") {
  Tensor x = Tensor::filled(2, 3, 1);
  const Tensor taken = std::move(x);
  CHECK((x.empty() && x.rows() == 0 && x.columns() == 0 && x.values().empty()));
  CHECK(taken.rows() == 2);
  x = Tensor::filled(4, 1, 2);
  Tensor y = Tensor::filled(5, 5, 3);
  y = std::move(x);
  CHECK((x.empty() && y.rows() == 4 && y(3, 0) == 2));
  CHECK(x.to(Device::cpu).empty());
}

TEST_CASE("a sparse matrix holds what a dense one holds") {
  const Tensor dense = Tensor::from({{0, 2, 0}, {0, 0, 0}, {1, 0, 3}});
  const SparseMatrix sparse = SparseMatrix::from_dense(dense);
  CHECK(sparse.nonzeros() == 3);
  CHECK(max_abs_difference(sparse.to_dense(), dense) == 0);
  CHECK(max_abs_difference(SparseMatrix::identity(2).to_dense(), Tensor::from({{1, 0}, {0, 1}})) == 0);
  CHECK(SparseMatrix::identity(0).nonzeros() == 0);
}

TEST_CASE("a sparse matrix that was moved from is empty, and can be used again") {
  static_assert(std::is_nothrow_move_constructible_v<SparseMatrix> && std::is_nothrow_move_assignable_v<SparseMatrix>);
  SparseMatrix x = SparseMatrix::from_dense(Tensor::from({{0, 2, 0}, {1, 0, 3}}));
  const auto is_empty = [](const SparseMatrix& of) {
    return of.rows() == 0 && of.columns() == 0 && of.nonzeros() == 0 && of.offset().size() == 1 && of.value().empty() &&
           of.to_dense().empty();
  };
  SparseMatrix taken = std::move(x);
  CHECK(is_empty(x));
  CHECK(taken.nonzeros() == 3);
  SparseMatrix other = SparseMatrix::from_dense(Tensor::from({{1}}));
  other = std::move(taken);
  CHECK(is_empty(taken));
  CHECK(other.to_dense()(1, 2) == 3);
  taken = other;
  CHECK(taken.nonzeros() == 3);
  CHECK(is_empty(SparseMatrix()));
}

TEST_CASE("rows of a sparse matrix keep the number of their first nonzero") {
  const SparseMatrix x(4, 3, {0, 2, 2, 3, 6}, {0, 2, 1, 0, 1, 2}, {1, 2, 3, 4, 5, 6});
  const SparseMatrix last = x.rows(1, 4);
  CHECK(last.to_dense().rows() == 3);
  CHECK(last.to_dense()(1, 1) == 3);
  CHECK(last.to_dense()(2, 2) == 6);
  CHECK(last.view().first_nonzero == 2);
  const SparseMatrix end = last.rows(2, 3);
  CHECK(end.view().first_nonzero == 3);
  CHECK(x.rows(4, 4).nonzeros() == 0);
  CHECK_THROWS_AS(x.rows(3, 5), ValueError);
}

TEST_CASE("invalid sparse matrices are refused") {
  CHECK_THROWS_AS(SparseMatrix(2, 2, {0, 1}, {0}, {1}), ShapeError);
  CHECK_THROWS_AS(SparseMatrix(1, 2, {0, 1}, {2}, {1}), ValueError);
  CHECK_THROWS_AS(SparseMatrix(1, 3, {0, 2}, {1, 1}, {1, 1}), ValueError);
  CHECK_THROWS_AS(SparseMatrix(2, 2, {0, 2, 1}, {0}, {1}), std::invalid_argument);
  CHECK_THROWS_AS(SparseMatrix(1, 2, {0, 1}, {0}, {}), ShapeError);
}
