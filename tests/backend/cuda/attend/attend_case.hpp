#pragma once

#include <cstddef>
#include <optional>

#include "backend/edge_ops.hpp"
#include "mercer/graph/topology.hpp"
#include "mercer/tensor/tensor.hpp"

/// Attention of every kind, with its operands and results.
namespace mercer::test {

struct AttentionShape {
  Index heads, d, e;
};

/// One attention on both devices.
struct AttentionCase {
  Graph graph{};
  AnyKernel kernel;
  AttentionShape shape;
  bool row_sum = true;
  bool biased = false;       // key_bias, edge_bias of every head, edge_weight
  bool shared_bias = false;  // one edge_bias for all heads
  bool shifted = false;      // a fixed normaliser
  double dropout = 0;
  bool transposed = false;  // the mask of dropout
  bool query_biased = false;
  double magnitude_dropout = 0;
  Index relative = -1;    // L of a relative bias [2 L + 1, h], where it has one
  bool few_rows = false;  // dy is 0 except in every third row
  bool keeps_slope = false;
  Storage storage = Storage::real;
  double allowed = 1e-5;
  std::optional<Topology> other{};  // instead of the graph

  TopologyView view() const { return other ? mercer::view_of(*other) : graph.view(); }
  Index rows() const { return view().adjacency.rows; }
  Index columns() const { return view().adjacency.columns; }
  Edge edges() const { return view().adjacency.edges(); }
};

struct AttentionOperands {
  Tensor q, k, v, weight, key_bias, edge_bias, edge_weight, row_shift, column_shift, dy, query_bias, relative_bias;

  AttentionOperands to(Device device) const {
    return {q.to(device),           k.to(device),          v.to(device),
            weight.to(device),      key_bias.to(device),   edge_bias.to(device),
            edge_weight.to(device), row_shift.to(device),  column_shift.to(device),
            dy.to(device),          query_bias.to(device), relative_bias.to(device)};
  }
};

struct AttentionResults {
  Tensor y, state, slope, guards, dq, dk, dv, dweight, dkey_bias, dedge_bias, dedge_weight, dquery_bias, drelative_bias;
  Index guarded = 0;
};

AttentionOperands operands_of(const AttentionCase& c);
EdgeTerms terms_of(const AttentionCase& c, const AttentionOperands& x);
inline ConstView view_of(const Tensor& x) { return x.empty() ? ConstView{} : x.view(); }
inline View view_of(Tensor& x) { return x.empty() ? View{} : x.view(); }

/// Forward and backward pass on the operands' device.
AttentionResults run(const AttentionCase& c, const AttentionOperands& x);
/// Forward and backward pass with operands on the host, streamed through `bytes` of the device.
AttentionResults run_streamed(const AttentionCase& c, const AttentionOperands& x, std::size_t bytes);

}  // namespace mercer::test
