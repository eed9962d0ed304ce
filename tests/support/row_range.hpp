#pragma once

#include <algorithm>

#include "mercer/tensor/tensor.hpp"

namespace mercer::test {

/// The rows first … last − 1.
inline Tensor row_range(const Tensor& x, Index first, Index last) {
  Tensor y(last - first, x.columns());
  std::copy_n(x.row(first), y.size(), y.data());
  return y;
}

}  // namespace mercer::test
