#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <vector>

#include "mercer/graph/topology_view.hpp"

namespace mercer {

/// Consecutive rows and the columns of their edges, renumbered: the operands that attention over these rows needs.
struct GraphPiece {
  Index first = 0, last = 0;    // rows first … last − 1 of the graph
  Edge first_slot = 0;          // the piece's first edge slot in the graph
  std::vector<Node> columns{};  // ascending; column c of `edges` is columns[c] of the graph
  Csr edges{};                  // [last − first, columns]; rows in the order of the graph

  Index rows() const { return last - first; }
};

/// The memory of a piece, in bytes.
struct PieceCost {
  std::size_t once = 0, row = 0, column = 0, edge = 0;

  bool operator==(const PieceCost&) const = default;
  std::size_t of(const GraphPiece& piece) const;
};

/// Cuts the rows into pieces, each as long as `most` bytes allow. Neighbours should have nearby numbers (see relabel),
/// because fewer columns then belong to several pieces. Throws ValueError when a single row needs more than `most`.
std::vector<GraphPiece> pieces_of(CsrView g, const PieceCost& cost, std::size_t most);

/// The pieces in which attention over a topology streams through a device, two at a time. Pieces are cut on first use
/// and kept.
class StreamPlan {
 public:
  /// Both directions must list their columns and outlive the plan. Throws ValueError when no memory is left to stream
  /// through.
  StreamPlan(const CsrView& adjacency, const CsrView& transpose, std::size_t device_bytes);

  enum class Over { rows, columns };
  struct Pass {
    Over over;
    PieceCost cost;
    std::vector<GraphPiece> pieces;
    std::size_t slot_bytes = 0;   // of the largest piece
    std::size_t moved_bytes = 0;  // of all pieces: copied to the device and back in one pass
    std::size_t times = 0;        // how often the pass was requested
  };

  std::size_t device_bytes() const { return device_bytes_; }
  /// The pieces of a pass; counts the request. Throws as pieces_of does.
  const Pass& pass(Over over, const PieceCost& cost);
  /// The pieces of a pass, without counting.
  const Pass& cut(Over over, const PieceCost& cost);
  /// The passes requested so far.
  const std::list<Pass>& passes() const { return passes_; }

 private:
  Pass& found(Over over, const PieceCost& cost);

  CsrView adjacency_, transpose_;
  std::size_t device_bytes_;
  std::mutex cutting_;
  std::list<Pass> passes_;  // a list, so that addresses stay valid
};

/// The plan of a topology with listed columns, made on first use and kept with the topology, which must outlive it.
StreamPlan& stream_plan(const TopologyView& topology, std::size_t device_bytes);

}  // namespace mercer
