#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mercer/graph/graph.hpp"

namespace mercer {

/// What a block knows of the graph that it was taken from.
struct BlockOrigin {
  std::vector<Node> nodes{};       // [sources]  their numbers there, by which dropout draws; empty: as they stand
  std::vector<Edge> in_degree{};   // [targets]  edges of a target there; empty: as in the block
  std::vector<Edge> out_degree{};  // [sources]  edges to a source there; empty: as in the block
};

/// One sampled layer: the targets are the first rows of the sources, as in PyTorch Geometric and DGL. A layer takes x
/// of the sources and gives y of the targets. The normalisers degree and symmetric use the degrees of the origin.
class Block {
 public:
  /// Throws ValueError when there are more targets than sources, ShapeError when the origin does not fit.
  explicit Block(Csr adjacency, BlockOrigin origin = {});

  const Graph& graph() const { return graph_; }
  const BlockOrigin& origin() const { return *origin_; }
  Index targets() const { return graph_.rows(); }
  Index sources() const { return graph_.columns(); }
  Edge edges() const { return graph_.edges(); }

  TopologyView view() const;

 private:
  Graph graph_;
  std::shared_ptr<const BlockOrigin> origin_;
  std::shared_ptr<SideCache> cache_ = new_side_cache();
};

/// The block of these targets (distinct) with all their edges: its sources are the targets, then their other
/// neighbours in the order in which they are met. Rows keep the order of the graph, degrees are the graph's. The graph
/// must be square. Throws ShapeError, ValueError.
Block full_block(const Graph& graph, std::span<const Node> targets);

}  // namespace mercer
