#include "backend/cuda/attend/attend_gradients.cuh"
#include "backend/cuda/attend/kernel_passes.hpp"

namespace mercer::cuda {
namespace {

void differentiate_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                        const EdgeGradients& wanted, Real* dt) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->differentiate_over_rows(terms, adjacency, rows, wanted, dt);
  else
    differentiate_over_rows_of<Catalogue>(terms, adjacency, rows, wanted, dt);
}

/// [edges, h] memory through which the pass over columns spares the pass over rows the gather of v; empty where it
/// can't.
Tensor slope_memory(const EdgeTerms& terms, const EdgeLists& edges, Index value_columns, const EdgeGradients& wanted) {
  const bool of_edges = wanted.edge_bias.data != nullptr || wanted.edge_weight.data != nullptr;
  if (!wanted.of_rows() || !wanted.of_columns() || of_edges || edges.transpose.slots == nullptr) return {};
  const KernelPasses* own = own_passes(terms.kernel);
  if (!(own != nullptr ? own->leaves_slopes : leaves_slopes<Catalogue>)(terms, edges.transpose, value_columns))
    return {};
  return Tensor::uninitialized(edges.adjacency.edge_count, terms.heads, Device::cuda);
}

}  // namespace

void attend_backward_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                          const EdgeGradients& wanted) {
  differentiate_rows(terms, adjacency, rows, wanted, nullptr);
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
  Tensor slopes = slope_memory(terms, edges, v.columns, of_edges);
  Real* dt = slopes.size() > 0 ? slopes.data() : nullptr;
  if (of_edges.of_columns()) attend_backward_columns(terms, edges.transpose, rows, of_edges, dt);
  if (of_edges.of_rows()) differentiate_rows(terms, edges.adjacency, rows, of_edges, dt);
}

}  // namespace mercer::cuda
