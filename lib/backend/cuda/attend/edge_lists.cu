#include <limits>
#include <span>
#include <vector>

#include "backend/cuda/tiles/tile.cuh"
#include "backend/edge_list.hpp"
#include "base/device_memory.hpp"
#include "base/side_cache.hpp"
#include "mercer/base/buffer.hpp"

namespace mercer::cuda {
namespace {

/// A topology on one device.
class Copy {
 public:
  explicit Copy(const TopologyView& topology) {
    const Node *sources = copied(topology.sources), *targets = copied(topology.targets);
    lists_.adjacency = copied(topology.adjacency);
    lists_.adjacency.near = targets, lists_.adjacency.far = sources;
    lists_.transpose = copied(topology.transpose);
    lists_.transpose.near = sources, lists_.transpose.far = targets;
    lists_.transpose.slots = copied(topology.slots);
  }
  const EdgeLists& lists() const { return lists_; }

 private:
  /// Copies an array; null when it is empty.
  template <class T>
  const T* copied(std::span<const T> from) {
    if (from.empty()) return nullptr;
    arrays_.push_back(Buffer::of(from, Device::cuda));
    return static_cast<const T*>(arrays_.back().data());
  }
  template <class T>
  const T* copied(const T* from, Index count) {
    return copied(std::span(from, static_cast<std::size_t>(count)));
  }

  EdgeList copied(const EdgeRows& g) {
    EdgeList list{.edges = g};
    if (g.rows == 0) return list;
    list.edge_count = g.edges();
    list.edges.offset = copied(g.offset, g.rows + 1);
    if (g.neighbour == nullptr && g.run != nullptr) {  // no chunks: n² edges would give too many
      list.edges.run = copied(g.run, g.rows);
      list.longest = std::numeric_limits<Edge>::max();
      const std::vector<RowBlock> blocks = row_blocks(g, tiles::side);
      list.row_blocks = copied(std::span(blocks));
      list.row_block_count = std::ssize(blocks);
      return list;
    }
    list.edges.neighbour = copied(g.neighbour, g.edges());
    const RowChunks cut(g);
    list.chunks = copied(std::span(cut.chunks));
    list.long_rows = copied(std::span(cut.long_rows));
    list.chunk_count = std::ssize(cut.chunks);
    list.long_row_count = std::ssize(cut.long_rows);
    return list;
  }

  std::vector<Buffer> arrays_;
  EdgeLists lists_;
};

}  // namespace

EdgeLists edge_lists(const TopologyView& topology) {
  const auto device = static_cast<std::size_t>(device_number());
  return topology.cache->get<Copy>(device, [&] { return Copy(topology); }).lists();
}

}  // namespace mercer::cuda
