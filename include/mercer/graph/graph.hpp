#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "mercer/graph/csr.hpp"
#include "mercer/graph/topology_view.hpp"

namespace mercer {

/// An adjacency with its transpose, for the backward pass. Immutable, cheap to copy. `adjacency` has a row for each
/// target, `transpose` a row for each source; slot e of `transpose` is slot slots()[e] of `adjacency`. Views are of a
/// graph with a name: those of a temporary would dangle, and don't compile.
class Graph {
 public:
  Graph() : Graph(Csr()) {}
  explicit Graph(Csr adjacency);
  /// Both directions of a part of a graph (see Part): in each, columns and slots of other parts follow the own ones.
  /// Throws ShapeError when sizes don't fit together, ValueError on a slot that there isn't or that comes twice.
  Graph(Csr adjacency, Csr transpose, std::vector<Edge> slots);
  /// The graph with reversed edges. Computed on the first call, then kept. Throws ValueError on a part.
  Graph reversed() const;

  CsrView adjacency() const& { return data_->adjacency.view(); }
  CsrView transpose() const& { return data_->transpose.view(); }
  const Csr& csr() const& { return data_->adjacency; }
  std::span<const Edge> slots() const& { return data_->slots; }  // [edges]
  CsrView adjacency() const&& = delete;
  CsrView transpose() const&& = delete;
  Csr csr() && { return data_->adjacency; }
  std::span<const Edge> slots() const&& = delete;

  Index rows() const { return data_->adjacency.rows(); }
  Index columns() const { return data_->adjacency.columns(); }
  Edge edges() const { return data_->adjacency.edges(); }

  TopologyView view() const&;
  TopologyView view() const&& = delete;

 private:
  struct Data {
    Csr adjacency, transpose;
    std::vector<Edge> slots;
    bool is_part = false;
    std::shared_ptr<SideCache> cache = new_side_cache();
    mutable std::once_flag reversing;
    mutable std::shared_ptr<const Data> reversed;
  };
  explicit Graph(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

}  // namespace mercer
