#pragma once

#include <utility>

#include "backend/edge_list.hpp"
#include "mercer/base/brain_float.hpp"
#include "mercer/base/buffer.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/any_kernel.hpp"
#include "mercer/kernel/pairing.hpp"
#include "mercer/tensor/view.hpp"

/// Loops over edges, declared once for both backends. Nothing is checked here: attend does that.
namespace mercer {

/// q, k and v of a call on the CPU as BrainFloats, made once for all its passes.
struct BrainOperands {
  Buffer q, k, v;
};

/// The operands of α_ij. A view without data is an absent operand.
///   s_ij = ln κ(q_i, k_j) + mask_ij (query_bias_i + key_bias_j) − column_shift_j + edge_bias_e + ln edge_weight_e
///          + relative_bias(i − j)
///   α_ij = exp(s_ij − log_sum_i)
/// A signed κ has no logarithm and is a factor of its own:
///   s_ij = mask_ij (…) + …,   α_ij = κ(q_i, k_j) exp(s_ij) · scale_i,   scale_i = 1 / Σ_j κ exp(s_ij)
struct EdgeTerms {
  AnyKernel kernel;
  Index heads = 1;
  Index first_head = 0;                  // on the CPU: the number by which dropout draws for the first of them
  ConstView q, k;                        // [n, h*d], [m, h*d]
  Storage storage = Storage::real;       // of q, k and v
  const BrainOperands* brain = nullptr;  // on the CPU: what is read in place of q, k and v
  ConstView kernel_weight;               // [1, h*d]
  ConstView query_bias;                  // [n, h]; absent where it cancels
  ConstView key_bias;                    // [m, h]
  ConstView relative_bias;               // [2 L + 1, h], on the CPU and over runs of columns only
  ConstView edge_bias;                   // [edges, h] or [edges, 1]
  ConstView edge_weight;                 // [edges, 1]
  bool row_sum = true;                   // the denominator is the row's sum; otherwise exp(row_shift_i)
  ConstView row_shift;                   // [n, 1], ln of a fixed normaliser
  ConstView column_shift;                // [m, 1]
  Dropout dropout;                       // on α
  Dropout magnitude_dropout;             // the mask, divided by 1 − p
  Real guard = 0;                        // a signed row sum nearer to 0 is replaced by ±guard
  /// The counter of guarded sums; captured work adds to it after each replay.
  Index* guarded = nullptr;

  template <class F>
  void each_view(F&& f) const {
    for (const ConstView* x : {&q, &k, &kernel_weight, &query_bias, &key_bias, &relative_bias, &edge_bias, &edge_weight,
                               &row_shift, &column_shift})
      f(*x);
  }
};

/// The values of each row that the forward pass saves for the backward pass.
struct Kept {
  View state;      // [n, h]    log_sum_i of a positive kernel, scale_i of a signed one
  View slope{};    // [n, h*e]  ∂y_i/∂q_i, if the kernel has_slope and dq is needed: dq_i = ⟨dy_i, slope_i⟩
  View guarded{};  // [n, h]  signed kernels only: 1 where the row sum was guarded, else 0

  template <class F>
  void each_view(F&& f) const {
    for (const View* x : {&state, &slope, &guarded})
      f(*x);
  }
};

/// The gradients to compute, all overwritten. A view without data is a gradient that is not needed. In the passes over
/// edges on the CPU, k and v may be one matrix, which gets the sum of both.
struct EdgeGradients {
  View q, k, v, kernel_weight, key_bias, edge_bias, edge_weight, query_bias, relative_bias;

  /// Is a gradient needed that rows sum over their edges? One that columns gather from their targets?
  bool of_rows() const {
    return q.data != nullptr || kernel_weight.data != nullptr || edge_bias.data != nullptr ||
           edge_weight.data != nullptr || query_bias.data != nullptr || relative_bias.data != nullptr;
  }
  bool of_columns() const { return k.data != nullptr || v.data != nullptr || key_bias.data != nullptr; }

  template <class F>
  void each_view(F&& f) const {
    for (const View* x : {&q, &k, &v, &kernel_weight, &key_bias, &edge_bias, &edge_weight, &query_bias, &relative_bias})
      f(*x);
  }
};

/// Moves dq out of `wanted` when saved slopes give it without a pass over edges.
inline View take_sloped(EdgeGradients& wanted, const Kept& kept) {
  return kept.slope.data != nullptr ? std::exchange(wanted.q, View{}) : View{};
}

/// Results for each row that need no edges.
struct Deltas {
  View delta;            // as in TargetRows
  unsigned char* alive;  // the same
  View dq{};             // from slopes
  ConstView slope{};     // as in Kept
  ConstView guarded{};   // the same
};

/// The inputs of the backward passes for each target.
struct TargetRows {
  ConstView v, state, dy;
  ConstView delta;             // [n, h]  ⟨dy_i, y_i⟩ = Σ_j α_ij ∂L/∂α_ij; 0 where the denominator is fixed
  const unsigned char* alive;  // [n]     is any of dy_i not 0?

  template <class F>
  void each_view(F&& f) const {
    for (const ConstView* x : {&v, &state, &dy, &delta})
      f(*x);
  }
};

/// The operands of the energies of edges with features x_e,
///   energy_eh = Σ_c a_hc leaky_relu(q_i,hc + k_j,hc + Σ_r x_er W_r,hc)
struct EnergyTerms {
  Index heads = 1;
  WeightedLeakySum pairing;
  ConstView q, k;      // [n, h*d], [m, h*d]
  ConstView a;         // [1, h*d]
  ConstView features;  // [edges, f]
  ConstView weight;    // [f, h*d]

  template <class F>
  void each_view(F&& f) const {
    for (const ConstView* x : {&q, &k, &a, &features, &weight})
      f(*x);
  }
};

/// The gradients to compute, all overwritten; one without data is not needed.
struct EnergyGradients {
  View q, k, a, features, weight;

  template <class F>
  void each_view(F&& f) const {
    for (const View* x : {&q, &k, &a, &features, &weight})
      f(*x);
  }
};

namespace cpu {
#include "backend/edge_ops.inc"
}
namespace cuda {
#include "backend/edge_ops.inc"
}
/// Attention with operands on the host and loops on the CUDA device, one piece of the topology at a time, in slots of
/// `bytes` together.
namespace streamed {
Index attend_forward(const EdgeTerms& terms, const TopologyView& topology, std::size_t bytes, ConstView v, View y,
                     const Kept& kept);
void attend_backward(const EdgeTerms& terms, const TopologyView& topology, std::size_t bytes, ConstView v, ConstView y,
                     const Kept& kept, ConstView dy, const EdgeGradients& gradients);
}  // namespace streamed
}  // namespace mercer
