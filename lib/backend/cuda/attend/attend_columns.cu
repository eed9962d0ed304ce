#include "backend/cuda/attend/attend_gradients.cuh"
#include "backend/cuda/attend/kernel_passes.hpp"

namespace mercer::cuda {

void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted, Real* dt) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->differentiate_over_columns(terms, transpose, rows, wanted, dt);
  else
    differentiate_over_columns_of<Catalogue>(terms, transpose, rows, wanted, dt);
}

void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted) {
  attend_backward_columns(terms, transpose, rows, wanted, nullptr);
}

}  // namespace mercer::cuda
