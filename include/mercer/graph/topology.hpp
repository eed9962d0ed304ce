#pragma once

#include <memory>
#include <span>
#include <variant>

#include "mercer/graph/block.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/graph/segments.hpp"

namespace mercer {

/// Who attends to whom: an immutable value, cheap to copy, independent of devices, memory and ranks.
using Topology = std::variant<Graph, Block, Segments>;

TopologyView view_of(const Topology&& topology) = delete;  // would dangle
inline TopologyView view_of(const Topology& topology) {
  return std::visit([](const auto& each) { return each.view(); }, topology);
}

}  // namespace mercer
