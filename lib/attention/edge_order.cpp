#include "mercer/attention/edge_order.hpp"

#include <algorithm>

#include "mercer/base/check.hpp"

namespace mercer {

Tensor to_slots(const GivenEdges& edges, const Tensor& of_edges, std::optional<Real> of_loops) {
  require(of_edges.device().is_cpu(), "to_slots", "the values of edges are on a CUDA device, want the CPU");
  const auto all = std::ssize(edges.slot);
  expect("to_slots", {{"rows of the values", of_edges.rows(), of_loops ? all - edges.loops : all}});
  Tensor of_slots(edges.adjacency.edges(), of_edges.columns());
  for (Index e = 0; e < of_edges.rows(); ++e) {
    Real* sum = of_slots.row(edges.slot[static_cast<std::size_t>(e)]);
    for (Index c = 0; c < of_edges.columns(); ++c)
      sum[c] += of_edges(e, c);
  }
  for (Edge e = of_edges.rows(); e < all; ++e)
    std::fill_n(of_slots.row(edges.slot[static_cast<std::size_t>(e)]), of_slots.columns(), *of_loops);
  return of_slots;
}

Tensor to_edges(const GivenEdges& edges, const Tensor& of_slots) {
  require(of_slots.device().is_cpu(), "to_edges", "the values of slots are on a CUDA device, want the CPU");
  expect("to_edges", {{"rows of the values", of_slots.rows(), edges.adjacency.edges()}});
  Tensor of_edges = Tensor::uninitialized(std::ssize(edges.slot), of_slots.columns());
  for (Index e = 0; e < of_edges.rows(); ++e)
    std::copy_n(of_slots.row(edges.slot[static_cast<std::size_t>(e)]), of_slots.columns(), of_edges.row(e));
  return of_edges;
}

}  // namespace mercer
