#pragma once

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// Memory for a result on the device of x, to be overwritten whole.
inline Tensor uninitialized(Index rows, Index columns, const Variable& x) {
  return Tensor::uninitialized(rows, columns, x.device());
}
inline Tensor uninitialized_like(const Variable& x) { return uninitialized(x.rows(), x.columns(), x); }

}  // namespace mercer
