#include "attention/terms.hpp"
#include "backend/select.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Tensor attention_weights(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& options) {
  const Graph& graph = neighbourhood.graph();
  require(graph.halo() == nullptr, "attention_weights", "graph: got a part of one, want the whole");
  AttendOptions whole = options;
  whole.dropout = {};
  const Device device = q ? q.device() : Device::cpu;
  const Terms terms(graph, kernel, q, k, whole, device);
  const Tensor nothing(graph.columns(), 0, device);
  Tensor y(graph.rows(), 0, device);
  KeptTensors kept(y, options.heads, false);
  Tensor alpha = Tensor::uninitialized(graph.edges(), options.heads, device);
  select(device, cpu::attend_forward, cuda::attend_forward)(terms.edge, nothing, y, kept.view());
  select(device, cpu::attend_weights, cuda::attend_weights)(terms.edge, kept.state, alpha);
  return alpha;
}

Factors attention_factors(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                          const Variable& k, const AttendOptions& options, const HalfSquares& halves) {
  const Graph& graph = neighbourhood.graph();
  Factors made{.alpha = attention_weights(neighbourhood, kernel, q, k, options), .is_signed = kernel.traits().is_signed};
  if (halves.target || halves.source) {
    require(kernel.is<Exponential>() || kernel.is<Additive>(), "attention_factors",
            "half squares: want a kernel that is an exponential of a dot product");
    expect("attention_factors", {{"rows of halves.target", halves.target.rows(), graph.rows()},
                                 {"columns of halves.target", halves.target.columns(), options.heads},
                                 {"rows of halves.source", halves.source.rows(), graph.columns()},
                                 {"columns of halves.source", halves.source.columns(), options.heads}});
  }
  const Device device = made.alpha.device();
  const Terms terms(graph, kernel, q, k, options, device);
  made.similarity = Tensor::uninitialized(graph.edges(), options.heads, device);
  made.log_magnitude = Tensor::uninitialized(graph.edges(), options.heads, device);
  select(device, cpu::edge_factors, cuda::edge_factors)(terms.edge, view_of(halves.target), view_of(halves.source),
                                                        made.similarity, made.log_magnitude);
  return made;
}

}  // namespace mercer
