#pragma once

#include "backend/cuda/columns.cuh"
#include "backend/edge_ops.hpp"
#include "mercer/base/buffer.hpp"

namespace mercer::cuda {

/// TargetRows as edges gather them during one call: those of x, or as the storage of the terms has them. Heads whose
/// width is no multiple of four are rounded and kept in Real.
class StoredRows {
 public:
  StoredRows(const EdgeTerms& terms, ConstView x);
  const Gathered& gathered() const { return gathered_; }

 private:
  Gathered gathered_;
  Buffer scratch_;
};

}  // namespace mercer::cuda
