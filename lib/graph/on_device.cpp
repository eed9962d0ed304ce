#include <algorithm>
#include <utility>

#include "mercer/graph/graph.hpp"

namespace mercer {
namespace {

class Copier {
 public:
  explicit Copier(std::vector<Buffer>& arrays) : arrays_(arrays) {}

  template <class T>
  const T* copied(const T* from, std::size_t count) {
    arrays_.push_back(Buffer::of(std::span(from, count), Device::cuda));
    return static_cast<const T*>(arrays_.back().data());
  }

  CsrOnDevice copied(CsrView g) {
    std::vector<RowChunk> chunks;
    std::vector<LongRow> rows;
    for (Index i = 0; i < g.rows; ++i) {
      if (g.degree(i) <= RowChunk::most) continue;
      rows.push_back({i, static_cast<Index>(chunks.size()), 0});
      for (Edge e = g.offset[i]; e < g.offset[i + 1]; e += RowChunk::most)
        chunks.push_back({i, e, std::min(e + RowChunk::most, g.offset[i + 1])});
      rows.back().last = static_cast<Index>(chunks.size());
    }
    CsrOnDevice copy;
    copy.edges = {g.rows, g.columns, copied(g.offset, static_cast<std::size_t>(g.rows) + 1),
                  copied(g.neighbour, static_cast<std::size_t>(g.edges()))};
    copy.chunks = copied(std::as_const(chunks).data(), chunks.size());
    copy.long_rows = copied(std::as_const(rows).data(), rows.size());
    copy.chunk_count = static_cast<Index>(chunks.size());
    copy.long_row_count = static_cast<Index>(rows.size());
    return copy;
  }

 private:
  std::vector<Buffer>& arrays_;
};

}  // namespace

GraphOnDevice Graph::on_device() const {
  const std::scoped_lock lock(data_->copying);
  if (!data_->on_device) {
    DeviceCopy copy;
    Copier copier(copy.arrays);
    copy.graph = {copier.copied(listens()), copier.copied(speaks()),
                  copier.copied(data_->slots.data(), data_->slots.size())};
    data_->on_device = std::move(copy);
  }
  return data_->on_device->graph;
}

}  // namespace mercer
