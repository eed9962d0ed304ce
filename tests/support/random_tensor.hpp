#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "mercer/autograd/gradient_check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::test {

inline constexpr Real infinity = std::numeric_limits<Real>::infinity();

/// Sizes around every vector width.
inline const std::vector<Index> sizes{0, 1, 7, 8, 9, 31, 32, 33};

/// Entries in ±[0.1, 1.5]: further from kinks at 0 than the step of a difference quotient.
inline Tensor random_tensor(Index rows, Index columns, std::uint64_t seed = 1) {
  Tensor x(rows, columns);
  Random random(seed);
  for (Real& value : x.values()) {
    const double size = random.uniform(0.1, 1.5);
    value = static_cast<Real>(random.below(2) == 0 ? size : -size);
  }
  return x;
}

/// About a third of the entries are not zero; every fourth row is empty.
inline SparseMatrix random_sparse(Index rows, Index columns, std::uint64_t seed = 1) {
  Tensor x = random_tensor(rows, columns, seed);
  Random random(seed, 1);
  for (Index i = 0; i < rows; ++i)
    for (Index c = 0; c < columns; ++c)
      if (i % 4 == 3 || random.below(3) != 0) x(i, c) = 0;
  return SparseMatrix::from_dense(x);
}

/// The allowed difference of two sums of the same terms in different order.
constexpr Real rounding = std::is_same_v<Real, double> ? Real(1e-13) : Real(2e-5);

/// Checks the gradient of f against central differences: to seven digits in double, less in float.
template <class F, class... Operand>
void check_gradient(F&& f, const Operand&... operands) {
  constexpr double allowed = std::is_same_v<Real, double> ? 1e-7 : 2e-2;
  CHECK(static_cast<double>(gradient_gap_of(f, operands...)) < allowed);
}

/// The largest |a − b|, relative to the largest |b| where that exceeds 1.
inline double relative_difference(const Tensor& a, const Tensor& b) {
  const Tensor zeros(b.rows(), b.columns());
  return static_cast<double>(max_abs_difference(a, b) / std::max(max_abs_difference(b, zeros), Real(1)));
}

/// True when both hold the same bits.
inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.rows() == b.rows() && a.columns() == b.columns() &&
         std::ranges::equal(std::as_bytes(a.values()), std::as_bytes(b.values()));
}

}  // namespace mercer::test
