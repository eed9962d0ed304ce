#pragma once

#include "backend/cuda/attend/attend_passes.hpp"
#include "backend/cuda/attend/stream_slots.hpp"
#include "backend/stream_plan.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {

/// The inputs and outputs of one piece of attention in a staging buffer. Operands of the piece's rows are copied as a
/// block, operands of its columns are gathered. Views without data stay empty; other results are views on the device.
class StagedPiece {
 public:
  StagedPiece(const EdgeTerms& whole, const TopologyView& topology, StreamPlan::Over over, const GraphPiece& piece,
              StagingBuffer& buffer)
      : whole_(whole),
        topology_(topology),
        over_rows_(over == StreamPlan::Over::rows),
        piece_(piece),
        buffer_(buffer) {}

  EdgeTerms terms();
  EdgeList edges();

  ConstView near(ConstView x);
  ConstView far(ConstView x);
  const unsigned char* far(const unsigned char* x) { return buffer_.gather(x, 1, listed()); }

  /// Outputs for the piece's rows or edges, copied back to their places in `to`.
  View output(View to) { return output(to, piece_.first, piece_.rows()); }
  View edge_output(View to) { return output(to, piece_.first_slot, piece_.edges.edges()); }
  unsigned char* output(unsigned char* to) { return buffer_.output(to + piece_.first, count(piece_.rows())); }
  /// An output of the whole piece.
  unsigned long long* whole_output(unsigned long long& to) { return buffer_.output(&to, 1); }
  View whole_output(Tensor& to) { return output(to, 0, to.rows()); }

 private:
  static std::size_t count(Index n) { return static_cast<std::size_t>(n); }
  std::span<const Node> listed() const { return piece_.columns; }
  ConstView of_edges(ConstView x);
  /// Copies the node numbers that dropout draws by.
  void put_node_numbers(EdgeList& list);
  View output(View to, Index first, Index rows);

  const EdgeTerms& whole_;
  const TopologyView& topology_;
  bool over_rows_;
  const GraphPiece& piece_;
  StagingBuffer& buffer_;
};

}  // namespace mercer::cuda
