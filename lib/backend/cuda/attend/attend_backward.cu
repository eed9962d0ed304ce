#include "backend/cuda/attend/attend_gradients.cuh"
#include "backend/cuda/attend/kernel_passes.hpp"

namespace mercer::cuda {

void attend_backward_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                          const EdgeGradients& wanted) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->differentiate_over_rows(terms, adjacency, rows, wanted);
  else
    differentiate_over_rows_of<Catalogue>(terms, adjacency, rows, wanted);
}

void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->differentiate_over_columns(terms, transpose, rows, wanted);
  else
    differentiate_over_columns_of<Catalogue>(terms, transpose, rows, wanted);
}

void attend_backward(const EdgeTerms& terms, const EdgeLists& edges, ConstView v, ConstView y, const Kept& kept,
                     ConstView dy, const EdgeGradients& wanted) {
  Tensor delta = Tensor::uninitialized(y.rows, terms.heads, Device::cuda);
  Buffer alive(static_cast<std::size_t>(y.rows), Device::cuda);
  auto* lives = static_cast<unsigned char*>(alive.data());
  const TargetRows rows{v, kept.state, dy, delta, lives};
  EdgeGradients of_edges = wanted;
  const View dq = take_sloped(of_edges, kept);
  attend_deltas(terms, y, dy, {delta, lives, dq, kept.slope, kept.guarded});
  if (of_edges.of_rows()) attend_backward_rows(terms, edges.adjacency, rows, of_edges);
  if (of_edges.of_columns()) attend_backward_columns(terms, edges.transpose, rows, of_edges);
}

}  // namespace mercer::cuda
