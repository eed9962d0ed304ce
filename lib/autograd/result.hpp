#pragma once

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// Memory for a result on the device of x, to be overwritten whole.
inline Tensor uninitialized(Index rows, Index columns, const Variable& x, const char* op = __builtin_FUNCTION()) {
  return Tensor::uninitialized(rows, columns, x.device(op));
}
inline Tensor uninitialized_like(const Variable& x, const char* op = __builtin_FUNCTION()) {
  return uninitialized(x.rows(op), x.columns(op), x, op);
}

}  // namespace mercer
