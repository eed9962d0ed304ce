#include "attention/terms.hpp"
#include "backend/select.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Tensor attention_weights(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& options) {
  require(neighbourhood.partitioned() == nullptr, "attention_weights", "graph: got a part of one, want the whole");
  AttendOptions whole = options;
  whole.dropout = whole.magnitude_dropout = {};
  const Device device = q ? q.device() : Device::cpu;
  const Terms terms(neighbourhood, kernel, q, k, whole, device);
  const EdgeList adjacency = edge_lists(terms.topology, device).adjacency;
  const Tensor nothing(neighbourhood.columns(), 0, device);
  Tensor y(neighbourhood.rows(), 0, device);
  KeptTensors kept(y, terms.edge, false);
  Tensor alpha = Tensor::uninitialized(neighbourhood.edges(), options.heads, device);
  select(device, cpu::attend_forward, cuda::attend_forward)(terms.edge, adjacency, nothing, y, kept.view());
  select(device, cpu::attend_weights, cuda::attend_weights)(terms.edge, adjacency, kept.state, alpha);
  return alpha;
}

Factors attention_factors(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                          const Variable& k, const AttendOptions& given, const HalfSquares& halves) {
  AttendOptions options = given;
  options.magnitude_dropout = {};
  Factors made{.alpha = attention_weights(neighbourhood, kernel, q, k, options),
               .is_signed = kernel.traits().is_signed};
  if (halves.target || halves.source) {
    require(kernel.is<Exponential>() || kernel.is<Additive>(), "attention_factors",
            "half squares: want a kernel that is an exponential of a dot product");
    expect("attention_factors", {{"rows of halves.target", halves.target.rows(), neighbourhood.rows()},
                                 {"columns of halves.target", halves.target.columns(), options.heads},
                                 {"rows of halves.source", halves.source.rows(), neighbourhood.columns()},
                                 {"columns of halves.source", halves.source.columns(), options.heads}});
  }
  const Device device = made.alpha.device();
  const Terms terms(neighbourhood, kernel, q, k, options, device);
  const EdgeList adjacency = edge_lists(terms.topology, device).adjacency;
  made.similarity = Tensor::uninitialized(neighbourhood.edges(), options.heads, device);
  made.log_magnitude = Tensor::uninitialized(neighbourhood.edges(), options.heads, device);
  select(device, cpu::edge_factors, cuda::edge_factors)(terms.edge, adjacency, view_of(halves.target),
                                                        view_of(halves.source), made.similarity, made.log_magnitude);
  return made;
}

}  // namespace mercer
