#pragma once

#include <type_traits>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// A view of a row-major [rows, columns] matrix of T; owns nothing.
template <class T>
struct MatrixView {
  T* data = nullptr;
  Index rows = 0;
  Index columns = 0;
  Device device{};

  MERCER_HD constexpr Index size() const { return rows * columns; }
  MERCER_HD constexpr T* row(Index i) const { return data + i * columns; }
  MERCER_HD constexpr T& operator()(Index i, Index j) const { return data[i * columns + j]; }

  constexpr operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, columns, device}; }
};

using View = MatrixView<Real>;
using ConstView = MatrixView<const Real>;

}  // namespace mercer
