#pragma once

#include "backend/cuda/attend/attend_gradients.cuh"
#include "backend/cuda/attend/attend_look.cuh"
#include "backend/cuda/attend/attend_rows.cuh"
#include "backend/cuda/attend/kernel_passes.hpp"

namespace mercer::cuda {

/// A global object of this type compiles and registers the passes of K; mercer_add_kernel generates it.
template <Kernel K>
struct OwnKernelOnDevice {
  OwnKernelOnDevice() {
    using Kernels = KernelList<K>;
    register_passes(typeid(K), {attend_over_rows_of<Kernels>, differentiate_over_rows_of<Kernels>,
                                differentiate_over_columns_of<Kernels>, leaves_slopes<Kernels>,
                                attend_weights_of<Kernels>, edge_factors_of<Kernels>});
  }
};

}  // namespace mercer::cuda
