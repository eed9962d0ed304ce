#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "mercer/base/buffer.hpp"
#include "mercer/graph/csr.hpp"
#include "mercer/graph/halo.hpp"
#include "mercer/graph/pieces.hpp"

namespace mercer {

/// At most RowChunk::most edges of a row that has more.
struct RowChunk {
  static constexpr Edge most = 512;
  Index row;
  Edge first, last;
};

/// A row cut into chunks, first … last − 1 of its list.
struct LongRow {
  Index row, first, last;
};

/// What a CUDA kernel sees of one direction of a graph; all pointers are of the device.
struct CsrOnDevice {
  CsrView edges;
  const RowChunk* chunks = nullptr;
  const LongRow* long_rows = nullptr;
  Index chunk_count = 0, long_row_count = 0;
};
struct GraphOnDevice {
  CsrOnDevice adjacency, transpose;
  const Edge* slots = nullptr;                        // [edges]
  const Node *sources = nullptr, *targets = nullptr;  // of a part, as there
};

/// An adjacency with what a backward pass needs: its reverse, and where each reversed slot stood. Built once,
/// immutable, cheap to copy. `adjacency` has a row for each target; `transpose` = the transposed
/// adjacency has a row for each source; slot e of `transpose` is slot slots()[e] of `adjacency`.
class Graph {
 public:
  Graph() : Graph(Csr()) {}
  explicit Graph(Csr adjacency);
  /// One part of a graph, whose others are heard through `halo`: attention over it takes and gives rows of its own
  /// nodes alone. Throws ShapeError when the part doesn't fit together.
  Graph(GraphPart part, std::shared_ptr<const Halo> halo);
  /// The edges turned round. Made when first asked for, then kept. Throws ValueError on a part.
  Graph reversed() const;

  CsrView adjacency() const { return data_->adjacency.view(); }
  CsrView transpose() const { return data_->transpose.view(); }
  const Csr& csr() const { return data_->adjacency; }
  std::span<const Edge> slots() const { return data_->slots; }  // [edges]

  Index rows() const { return data_->adjacency.rows(); }
  Index columns() const { return halo_ ? rows() : data_->adjacency.columns(); }  // of a part: own nodes
  Edge edges() const { return data_->adjacency.edges(); }

  /// First row of each block of about equal work (edges and rows), then the number of rows. The blocks depend
  /// on the graph alone, not on the number of threads.
  std::span<const Index> row_blocks() const { return data_->row_blocks; }
  std::span<const Index> column_blocks() const { return data_->column_blocks; }

  /// The same on the CUDA device in use; copied when first asked for, then kept. Throws DeviceError, also when it was
  /// first asked for on another device: a graph is of one.
  GraphOnDevice on_device() const;

  /// The same graph, for operands that the CUDA device in use has no room for: they stay on the host, and attention
  /// over the graph takes them through the device piece by piece, in slots of no more than so many bytes of it
  /// together (and of as many of pinned memory); chunks of long rows and gradients of edge operands come on top. The
  /// results are those of the whole graph on the device to the bit, but for the gradient of a kernel_weight, which is a
  /// sum over pieces. Throws ValueError without a byte, and on a part.
  Graph streamed(std::size_t device_bytes) const;
  /// How, or null when it is not.
  StreamPlan* stream() const { return stream_.get(); }

  /// Of a part; null: this is a whole graph.
  const Halo* halo() const { return halo_.get(); }
  Index first() const { return data_->first; }                             // number of row 0 in the whole graph
  Index nodes() const { return halo_ ? data_->nodes : rows(); }            // of the whole graph
  std::span<const Node> sources() const { return data_->source_numbers; }  // of columns; empty: as they stand
  std::span<const Node> targets() const { return data_->target_numbers; }  // of columns of transpose()

 private:
  struct DeviceCopy {
    int device;
    std::vector<Buffer> arrays;
    GraphOnDevice graph;
  };
  struct Data {
    Csr adjacency, transpose;
    std::vector<Edge> slots;
    std::vector<Index> row_blocks, column_blocks;
    Index first = 0, nodes = 0;
    std::vector<Node> source_numbers, target_numbers;
    mutable std::once_flag reversing;
    mutable std::shared_ptr<const Data> reversed;
    mutable std::mutex copying;  // no once_flag: a copy may fail for want of room, and be tried again
    mutable std::optional<DeviceCopy> on_device;
  };
  explicit Graph(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
  std::shared_ptr<StreamPlan> stream_;
  std::shared_ptr<const Halo> halo_;
};

/// A batch of complete graphs: segment s holds the nodes offset[s] … offset[s + 1] − 1, each of which attends
/// to all of its segment. One segment of n nodes is a sequence of n tokens.
struct Segments {
  std::vector<Index> offset{0};  // [segments + 1], rising

  Index nodes() const { return offset.back(); }
};

}  // namespace mercer
