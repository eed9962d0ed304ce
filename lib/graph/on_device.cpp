#include <string>
#include <utility>

#include "base/device_memory.hpp"
#include "graph/row_chunks.hpp"
#include "mercer/base/check.hpp"
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
    const RowChunks cut(g);
    CsrOnDevice copy;
    copy.edges = {g.rows, g.columns, copied(g.offset, static_cast<std::size_t>(g.rows) + 1),
                  copied(g.neighbour, static_cast<std::size_t>(g.edges()))};
    copy.chunks = copied(cut.chunks.data(), cut.chunks.size());
    copy.long_rows = copied(cut.long_rows.data(), cut.long_rows.size());
    copy.chunk_count = static_cast<Index>(cut.chunks.size());
    copy.long_row_count = static_cast<Index>(cut.long_rows.size());
    return copy;
  }

 private:
  std::vector<Buffer>& arrays_;
};

}  // namespace

GraphOnDevice Graph::on_device() const {
  const std::scoped_lock lock(data_->copying);
  const int device = device_number();
  if (!data_->on_device) {
    DeviceCopy copy{.device = device, .arrays = {}, .graph = {}};
    Copier copier(copy.arrays);
    copy.graph = {copier.copied(adjacency()), copier.copied(transpose()),
                  copier.copied(data_->slots.data(), data_->slots.size())};
    if (halo_ != nullptr) {
      copy.graph.sources = copier.copied(sources().data(), sources().size());
      copy.graph.targets = copier.copied(targets().data(), targets().size());
    }
    data_->on_device = std::move(copy);
  }
  const DeviceCopy& copy = *data_->on_device;
  if (copy.device != device)
    throw DeviceError("[Graph] its copy is on CUDA device " + std::to_string(copy.device) + ", asked for on " +
                      std::to_string(device) + ": build one graph for each device");
  return copy.graph;
}

}  // namespace mercer
