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
  Terms(Graph g, const AnyKernel& kernel, const Variable& q, const Variable& k, const AttendOptions& options,
        Device device);
  Terms(const Terms&) = delete;  // edge looks at graph and normaliser
  Terms& operator=(const Terms&) = delete;

  Graph graph;
  FixedNormaliser normaliser;
  EdgeTerms edge;
};

/// What the forward pass of y leaves for the way back.
struct KeptTensors {
  KeptTensors(const Tensor& y, Index heads, bool with_slope)
      : state(Tensor::uninitialized(y.rows(), heads, y.device())),
        slope(with_slope ? Tensor::uninitialized(y.rows(), y.columns(), y.device()) : Tensor()) {}
  Kept view() { return {state, writable(slope)}; }

  Tensor state, slope;
};

}  // namespace mercer
