#pragma once

#include "backend/cuda/attend/edge_pass.cuh"
#include "mercer/tensor/tensor.hpp"

/// The outputs of the passes of the backward pass, of whole rows and of chunks of long rows.
namespace mercer::cuda {

/// The outputs of a pass: indexed by row for whole rows, by chunk for chunks of long rows.
struct Gradients {
  View near;        // dq or dk
  View value;       // dv, over columns
  View bias;        // of query_bias over rows, of key_bias over columns
  View weight;      // [rows, h*d], each row's part of da, over rows
  View edge;        // [edges, h] ∂L/∂s, over rows, in the order of adjacency(); ∂L/∂w for edges with w = 0
  View relative{};  // [blocks * h, 2 L + 1] each block's part of the relative bias's, over rows by tiles
};

/// Thread (long row, column) adds the results of the row's chunks in order.
inline void add_chunks(const EdgePass& pass, View shares, View to) {
  if (to.data == nullptr) return;
  const LongRow* long_rows = pass.list.long_rows;
  for_each("attend", pass.list.long_row_count * to.columns, [=] __device__(Index n) {
    const LongRow row = long_rows[n / to.columns];
    const Index c = n % to.columns;
    Real sum = 0;
    for (Index chunk = row.first; chunk < row.last; ++chunk)
      sum += shares(chunk, c);
    to(row.row, c) = sum;
  });
}

/// The results of the chunks of a pass, until they are added up.
class ChunkGradients {
 public:
  ChunkGradients(const EdgePass& pass, const Gradients& whole)
      : near_(share(pass, whole.near)),
        value_(share(pass, whole.value)),
        bias_(share(pass, whole.bias)),
        weight_(share(pass, whole.weight)) {}

  Gradients view(const Gradients& whole) { return {near_, value_, bias_, weight_, whole.edge}; }
  void add_to(const EdgePass& pass, const Gradients& whole) {
    if (pass.list.chunk_count == 0) return;
    add_chunks(pass, near_, whole.near);
    add_chunks(pass, value_, whole.value);
    add_chunks(pass, bias_, whole.bias);
    add_chunks(pass, weight_, whole.weight);
  }

 private:
  static Tensor share(const EdgePass& pass, const View& whole) {
    if (whole.data == nullptr) return {};
    return Tensor::uninitialized(pass.list.chunk_count, whole.columns, Device::cuda);
  }
  Tensor near_, value_, bias_, weight_;
};

}  // namespace mercer::cuda
