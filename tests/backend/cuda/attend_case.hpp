#pragma once

#include <vector>

#include "backend/edge_ops.hpp"
#include "mercer/tensor/tensor.hpp"

/// Attention of every kind, its operands, and all that comes of it.
namespace mercer::test {

struct AttentionShape {
  Index heads, d, e;
};

/// One attention on both devices.
struct AttentionCase {
  Graph graph;
  AnyKernel kernel;
  AttentionShape shape;
  bool row_sum = true;
  bool biased = false;       // key_bias, edge_bias of every head, edge_weight
  bool shared_bias = false;  // one edge_bias for all heads
  bool shifted = false;      // a fixed normaliser
  double dropout = 0;
  bool few_rows = false;  // dy is 0 but for every third row
  bool keeps_slope = false;
  Storage storage = Storage::real;
  double allowed = 1e-5;
};

struct AttentionOperands {
  Tensor q, k, v, weight, key_bias, edge_bias, edge_weight, row_shift, column_shift, dy;

  AttentionOperands to(Device device) const {
    return {q.to(device),           k.to(device),         v.to(device),
            weight.to(device),      key_bias.to(device),  edge_bias.to(device),
            edge_weight.to(device), row_shift.to(device), column_shift.to(device),
            dy.to(device)};
  }
};

struct AttentionResults {
  Tensor y, state, slope, dq, dk, dv, dweight, dkey_bias, dedge_bias, dedge_weight;
  Index guarded = 0;
};

AttentionOperands operands_of(const AttentionCase& c);
EdgeTerms terms_of(const AttentionCase& c, const AttentionOperands& x);
inline ConstView view_of(const Tensor& x) { return x.empty() ? ConstView{} : x.view(); }
inline View view_of(Tensor& x) { return x.empty() ? View{} : x.view(); }

/// Forward and backward of one backend, with operands on its device.
using Forward = decltype(&cpu::attend_forward);
using Backward = decltype(&cpu::attend_backward);
AttentionResults run(const AttentionCase& c, const AttentionOperands& x, Forward forward, Backward backward);

}  // namespace mercer::test
