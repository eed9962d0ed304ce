#pragma once

#include <memory>
#include <span>

#include "mercer/graph/csr.hpp"

namespace mercer {

class SideCache;  // what the library's loops keep beside a topology: their schedules, and copies on devices

/// Both directions of a topology as passes over its edges see them. Owns nothing.
struct TopologyView {
  EdgeRows adjacency{};           // [targets, sources]  whom each target attends to
  EdgeRows transpose{};           // [sources, targets]  who attends to each source
  std::span<const Edge> slots{};  // [edges of transpose]  of adjacency; empty where no edge has facts
  // The nodes' numbers in the whole graph, by which dropout draws; empty: as they stand.
  std::span<const Node> sources{};  // [columns of adjacency]
  std::span<const Node> targets{};  // [columns of transpose]
  // Degrees in the whole graph; empty: those of the rows above.
  std::span<const Edge> in_degree{};   // [rows of adjacency]
  std::span<const Edge> out_degree{};  // [rows of transpose]
  SideCache* cache = nullptr;
};

std::shared_ptr<SideCache> new_side_cache();

}  // namespace mercer
