#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "mercer/base/buffer.hpp"
#include "mercer/graph/csr.hpp"
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
  CsrOnDevice listens, speaks;
  const Edge* slots = nullptr;  // [edges]
};

/// An adjacency with what a backward pass needs: its reverse, and where each reversed slot stood. Built once,
/// immutable, cheap to copy. `listens` has a row for each node that listens; `speaks` = the transposed
/// adjacency has a row for each node that speaks; slot e of `speaks` is slot slots()[e] of `listens`.
class Graph {
 public:
  Graph() : Graph(Csr()) {}
  explicit Graph(Csr listens);
  /// Who spoke listens. Made when first asked for, then kept.
  Graph reversed() const;

  CsrView listens() const { return data_->listens.view(); }
  CsrView speaks() const { return data_->speaks.view(); }
  const Csr& csr() const { return data_->listens; }
  std::span<const Edge> slots() const { return data_->slots; }  // [edges]

  Index rows() const { return data_->listens.rows(); }
  Index columns() const { return data_->listens.columns(); }
  Edge edges() const { return data_->listens.edges(); }

  /// First row of each block of about equal work (edges and rows), then the number of rows. The blocks depend
  /// on the graph alone, not on the number of threads.
  std::span<const Index> row_blocks() const { return data_->row_blocks; }
  std::span<const Index> column_blocks() const { return data_->column_blocks; }

  /// The same on the CUDA device in use; copied when first asked for, then kept. Throws DeviceError.
  GraphOnDevice on_device() const;

  /// The same graph, for operands that the CUDA device in use has no room for: they stay on the host, and attention
  /// over the graph takes them through the device piece by piece, in slots of no more than so many bytes of it
  /// together (and of as many of pinned memory); chunks of long rows and gradients of edge operands come on top. The
  /// results are those of the whole graph on the device to the bit, but for the gradient of a kernel_weight, which is a
  /// sum over pieces. Throws ValueError without a byte.
  Graph streamed(std::size_t device_bytes) const;
  /// How, or null when it is not.
  StreamPlan* stream() const { return stream_.get(); }

 private:
  struct DeviceCopy {
    std::vector<Buffer> arrays;
    GraphOnDevice graph;
  };
  struct Data {
    Csr listens, speaks;
    std::vector<Edge> slots;
    std::vector<Index> row_blocks, column_blocks;
    mutable std::once_flag reversing;
    mutable std::shared_ptr<const Data> reversed;
    mutable std::mutex copying;  // no once_flag: a copy may fail for want of room, and be tried again
    mutable std::optional<DeviceCopy> on_device;
  };
  explicit Graph(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
  std::shared_ptr<StreamPlan> stream_;
};

/// A batch of complete graphs: segment s holds the nodes offset[s] … offset[s + 1] − 1, each of which listens
/// to all of its segment. One segment of n nodes is a sequence of n tokens.
struct Segments {
  std::vector<Index> offset{0};  // [segments + 1], rising

  Index nodes() const { return offset.back(); }
};

}  // namespace mercer
