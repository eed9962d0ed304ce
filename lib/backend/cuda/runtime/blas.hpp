#pragma once

#include "mercer/tensor/view.hpp"

/// cuBLAS, if it is installed. It is loaded at run time on first use and never linked, so that the program starts
/// without it.
namespace mercer::cuda {

/// c = op(a) op(b) by cuBLAS, in full float precision. Does nothing and returns false without cuBLAS or for sizes that
/// it doesn't support; throws DeviceError when it fails.
bool gemm_by_blas(ConstView a, bool transpose_a, ConstView b, bool transpose_b, View c);

}  // namespace mercer::cuda
