#pragma once

#include <utility>

#include "backend/edge_ops.hpp"
#include "mercer/attention/attend.hpp"

/// What attend and those who take α apart share: operands, checked and kept.
namespace mercer {

inline ConstView view_of(const Variable& x) { return x ? x.value().view() : ConstView{}; }
inline ConstView view_of(const Tensor& x) { return x.empty() ? ConstView{} : x.view(); }
inline View writable(Tensor& x) { return x.empty() ? View{} : x.view(); }

/// A denominator that does not depend on the scores, as logarithms to be taken off.
struct FixedNormaliser {
  Tensor row, column;
};

/// Everything that α is made of, kept alive together for the backward pass.
struct Terms {
  /// Throws as attend does of all operands but v.
  Terms(Neighbourhood attended, const AnyKernel& kernel, const Variable& q, const Variable& k,
        const AttendOptions& options, Device device);
  Terms(const Terms&) = delete;  // edge looks at normaliser
  Terms& operator=(const Terms&) = delete;

  Neighbourhood neighbourhood;
  TopologyView topology;
  FixedNormaliser normaliser;
  EdgeTerms edge;
};

inline EdgeLists edge_lists(const TopologyView& topology, Device device) {
  return device == Device::cpu ? cpu::edge_lists(topology) : cuda::edge_lists(topology);
}

/// What the forward pass of y leaves for the way back.
struct KeptTensors {
  KeptTensors(const Tensor& y, const EdgeTerms& terms, bool with_slope)
      : state(Tensor::uninitialized(y.rows(), terms.heads, y.device())),
        slope(with_slope ? Tensor::uninitialized(y.rows(), y.columns(), y.device()) : Tensor()) {
    if (terms.row_sum && terms.kernel.traits().is_signed)
      guarded = Tensor::uninitialized(y.rows(), terms.heads, y.device());
  }
  Kept view() { return {state, writable(slope), writable(guarded)}; }

  Tensor state, slope, guarded;
};

}  // namespace mercer
