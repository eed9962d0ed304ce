#pragma once

#include <memory>
#include <span>

#include "mercer/graph/csr.hpp"

namespace mercer {

class SideCache;  // data that the library's loops keep with a topology: schedules, copies on devices

/// Both directions of a topology, for passes over its edges. Owns nothing.
struct TopologyView {
  EdgeRows adjacency{};           // [targets, sources]
  EdgeRows transpose{};           // [sources, targets]
  std::span<const Edge> slots{};  // [edges of transpose]  their slots in adjacency; empty for topologies without facts
  // Node numbers in the whole graph, for dropout; empty: 0, 1, 2, …
  std::span<const Node> sources{};  // [columns of adjacency]
  std::span<const Node> targets{};  // [columns of transpose]
  // Degrees in the whole graph; empty: the lengths of the rows above.
  std::span<const Edge> in_degree{};   // [rows of adjacency]
  std::span<const Edge> out_degree{};  // [rows of transpose]
  SideCache* cache = nullptr;
};

std::shared_ptr<SideCache> new_side_cache();

}  // namespace mercer
