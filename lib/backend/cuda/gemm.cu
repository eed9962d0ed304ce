#include "backend/cuda/product.cuh"
#include "backend/cuda/runtime/blas.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
namespace {

Factor factor_of(ConstView x, bool transpose) {
  return transpose ? Factor{x.data, 1, x.columns} : Factor{x.data, x.columns, 1};
}

}  // namespace

void gemm(ConstView a, bool transpose_a, ConstView b, bool transpose_b, View c) {
  if (gemm_by_blas(a, transpose_a, b, transpose_b, c)) return;
  gemm_tiled("gemm", {c.rows, transpose_a ? a.rows : a.columns, c.columns}, factor_of(a, transpose_a),
             factor_of(b, transpose_b), {c.data, c.columns});
}

}  // namespace mercer::cuda
