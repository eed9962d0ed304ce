#pragma once

#include "mercer/tensor/view.hpp"

/// cuBLAS where there is one: found when first asked for, in the process or by the loader, and never linked, so that
/// the program starts without it.
namespace mercer::cuda {

/// c = op(a) op(b) by cuBLAS, in full float precision. False, with nothing done, when there is no cuBLAS or the sizes
/// are not for it; throws DeviceError when it fails.
bool gemm_by_blas(ConstView a, bool transpose_a, ConstView b, bool transpose_b, View c);

}  // namespace mercer::cuda
