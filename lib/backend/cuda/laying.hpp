#pragma once

#include "backend/cuda/attend_passes.hpp"
#include "backend/cuda/stream_slots.hpp"
#include "backend/stream_plan.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {

/// A piece of attention on its way into a parcel. Operands of its rows stand side by side, those of its columns are
/// gathered; views without data stay so. What comes back looks at the device.
class Laying {
 public:
  Laying(const EdgeTerms& whole, const TopologyView& topology, StreamPlan::Over over, const GraphPiece& piece,
         Parcel& parcel)
      : whole_(whole),
        topology_(topology),
        over_rows_(over == StreamPlan::Over::rows),
        piece_(piece),
        parcel_(parcel) {}

  EdgeTerms terms();
  EdgeList edges();

  ConstView near(ConstView x);
  ConstView far(ConstView x);
  const unsigned char* far(const unsigned char* x) { return parcel_.gather(x, 1, listed()); }

  /// Room for the piece's rows (edges) of what comes down to `to`.
  View room(View to) { return room_for(to, piece_.first, piece_.rows()); }
  View room_of_edges(View to) { return room_for(to, piece_.first_slot, piece_.edges.edges()); }
  unsigned char* room(unsigned char* to) { return parcel_.room(to + piece_.first, count(piece_.rows())); }
  /// Room for what the piece makes as a whole.
  unsigned long long* room_for(unsigned long long& to) { return parcel_.room(&to, 1); }
  View room_for(Tensor& to) { return room_for(to, 0, to.rows()); }

 private:
  static std::size_t count(Index n) { return static_cast<std::size_t>(n); }
  std::span<const Node> listed() const { return piece_.columns; }
  ConstView of_edges(ConstView x);
  /// The numbers by which dropout draws.
  void number(EdgeList& list);
  View room_for(View to, Index first, Index rows);

  const EdgeTerms& whole_;
  const TopologyView& topology_;
  bool over_rows_;
  const GraphPiece& piece_;
  Parcel& parcel_;
};

}  // namespace mercer::cuda
