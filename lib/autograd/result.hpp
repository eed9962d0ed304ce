#pragma once

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// Room for a result that is overwritten whole, where x is.
inline Tensor room(Index rows, Index columns, const Variable& x) {
  return Tensor::uninitialized(rows, columns, x.device());
}
inline Tensor room_like(const Variable& x) { return room(x.rows(), x.columns(), x); }

}  // namespace mercer
