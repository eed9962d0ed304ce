#pragma once

#include "backend/cuda/columns.cuh"
#include "backend/edge_ops.hpp"
#include "mercer/base/buffer.hpp"

namespace mercer::cuda {

/// The rows that edges gather during one call: x itself, or x in the storage format of the terms. Heads whose width is
/// not a multiple of four are rounded and kept as Real. Rows that no edge gathers are left as they are.
class StoredRows {
 public:
  StoredRows(const EdgeTerms& terms, ConstView x, bool gathers = true);
  const Gathered& gathered() const { return gathered_; }

 private:
  Gathered gathered_;
  Buffer scratch_;
};

}  // namespace mercer::cuda
