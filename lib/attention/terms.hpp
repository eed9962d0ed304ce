#pragma once

#include <utility>
#include <vector>

#include "backend/edge_ops.hpp"
#include "base/device_memory.hpp"
#include "mercer/attention/attend.hpp"

/// The checked operands that attend, attention_weights and the factors share.
namespace mercer {

inline ConstView view_of(const Variable& x) { return x ? x.value().view() : ConstView{}; }
inline ConstView view_of(const Tensor& x) { return x.empty() ? ConstView{} : x.view(); }
inline View writable(Tensor& x) { return x.empty() ? View{} : x.view(); }

/// The logarithm of a denominator that does not depend on the scores, as a part for rows and a part for columns.
struct FixedNormaliser {
  Tensor row, column;
};

/// All operands of α, kept alive together for the backward pass.
struct Terms {
  /// Throws as attend does, for all operands but v.
  Terms(Neighbourhood attended, const AnyKernel& kernel, const Variable& q, const Variable& k,
        const AttendOptions& options, Device device);
  Terms(const Terms&) = delete;  // edge points into normaliser and moderate_bias
  Terms& operator=(const Terms&) = delete;

  /// Reads q and k, which may have been made again since the terms were made.
  void take_ends(const Variable& q, const Variable& k) { edge.q = view_of(q), edge.k = view_of(k); }

  Neighbourhood neighbourhood;
  TopologyView topology;
  FixedNormaliser normaliser;
  Tensor moderate_bias;  // edge.query_bias or edge.key_bias points to it where large biases of a signed row sum cancel
  EdgeTerms edge;
  bool query_cancels;  // is the given query_bias left out?
};

/// Throws ValueError or ShapeError for a relative bias that has no meaning there.
void check_relative_bias(const char* op, const Neighbourhood& neighbourhood, const Variable& bias, Index heads);

/// What α is a function of, as inputs of the tape.
inline std::vector<Variable> inputs_of_weights(const Variable& q, const Variable& k, const AttendOptions& options) {
  return {q,
          k,
          options.kernel_weight,
          options.key_bias,
          options.edge_bias,
          options.edge_weight,
          options.query_bias,
          options.relative_bias};
}

inline EdgeLists edge_lists(const TopologyView& topology, Device device) {
  const UseDevice on(device);
  return device.is_cpu() ? cpu::edge_lists(topology) : cuda::edge_lists(topology);
}

/// The values that the forward pass saves for the backward pass.
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
