#pragma once

#include <cstddef>
#include <span>

#include "backend/row_blocks.hpp"
#include "backend/row_chunks.hpp"
#include "mercer/base/annotate.hpp"
#include "mercer/graph/topology_view.hpp"

namespace mercer {

/// The edges in one direction, with the schedule of the passes over them. A row is the near end of its edges, a column
/// the far end: rows are targets in `adjacency`, sources in `transpose`. All pointers are of the passes' device.
struct EdgeList {
  EdgeRows edges{};
  const Edge* slots = nullptr;  // [edges]  rows of the edge operands; null: in the order of the list
  // The node numbers by which dropout draws.
  const Node* near = nullptr;  // [rows]     null: first, first + 1, …
  const Node* far = nullptr;   // [columns]  null: 0, 1, …
  Index first = 0;
  std::span<const Index> blocks{};  // on the CPU: the first row of each block of about equal work, then their number
  // On CUDA: the chunks of rows of more than `longest` edges, and the number of edges.
  const RowChunk* chunks = nullptr;
  const LongRow* long_rows = nullptr;
  Index chunk_count = 0, long_row_count = 0;
  Edge longest = RowChunk::most, edge_count = 0;
  // On CUDA, of rows with runs: their blocks, for the passes by tiles; null: edge by edge.
  const RowBlock* row_blocks = nullptr;
  Index row_block_count = 0;

  MERCER_HD Edge slot(Edge place) const { return slots != nullptr ? slots[place] : place; }
  MERCER_HD Node number_of_near(Index row) const {
    return near != nullptr ? near[row] : static_cast<Node>(first + row);
  }
  MERCER_HD Node number_of_far(Node column) const { return far != nullptr ? far[column] : column; }
};

/// Both directions of a topology.
struct EdgeLists {
  EdgeList adjacency, transpose;
};

/// The lists of one device, made on first use and kept with the topology, which must outlive them. Each device has its
/// own.
namespace cpu {
EdgeLists edge_lists(const TopologyView& topology);
}
namespace cuda {
EdgeLists edge_lists(const TopologyView& topology);  // of the device in use; throws DeviceError
}

}  // namespace mercer
