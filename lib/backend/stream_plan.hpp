#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <vector>

#include "mercer/graph/topology_view.hpp"

namespace mercer {

/// A run of rows, and the columns that they list, numbered anew: what attention over those rows asks for.
struct GraphPiece {
  Index first = 0, last = 0;    // rows first … last − 1 of the graph
  Edge first_slot = 0;          // of the graph, where the piece's edges begin
  std::vector<Node> columns{};  // those that are listed, ascending: column c of `edges` is columns[c] of the graph
  Csr edges{};                  // [last − first, columns]; every row in the order of the graph

  Index rows() const { return last - first; }
};

/// Bytes that a piece takes.
struct PieceCost {
  std::size_t once = 0, row = 0, column = 0, edge = 0;

  bool operator==(const PieceCost&) const = default;
  std::size_t of(const GraphPiece& piece) const;
};

/// Runs of rows one after the other, each as long as it can be within `most` bytes. Nodes that attend to one another
/// should have neighbouring numbers (see relabel): fewer columns then belong to several pieces. Throws ValueError when
/// a row by itself wants more than `most`.
std::vector<GraphPiece> pieces_of(CsrView g, const PieceCost& cost, std::size_t most);

/// How attention over a topology goes through a device that is smaller than its operands: by pieces, two of them at a
/// time on the device. Pieces are cut when first asked for, then kept.
class StreamPlan {
 public:
  /// Both directions, whose columns are listed, must outlive the plan. Throws ValueError when no byte is left to stream
  /// through.
  StreamPlan(const CsrView& adjacency, const CsrView& transpose, std::size_t device_bytes);

  enum class Over { rows, columns };
  struct Pass {
    Over over;
    PieceCost cost;
    std::vector<GraphPiece> pieces;
    std::size_t slot_bytes = 0;   // of the largest piece
    std::size_t moved_bytes = 0;  // of all of them: what crosses to the device and back in one pass
    std::size_t times = 0;        // that the pass was asked for
  };

  std::size_t device_bytes() const { return device_bytes_; }
  /// The pieces of a pass, which is counted as asked for. Throws as pieces_of does.
  const Pass& pass(Over over, const PieceCost& cost);
  /// The same for who only looks.
  const Pass& cut(Over over, const PieceCost& cost);
  /// The passes asked for so far.
  const std::list<Pass>& passes() const { return passes_; }

 private:
  Pass& found(Over over, const PieceCost& cost);

  CsrView adjacency_, transpose_;
  std::size_t device_bytes_;
  std::mutex cutting_;
  std::list<Pass> passes_;  // whose places in memory stay
};

/// The plan of a topology whose columns are listed. Made when first asked for, then kept beside the topology, which
/// must outlive it.
StreamPlan& stream_plan(const TopologyView& topology, std::size_t device_bytes);

}  // namespace mercer
