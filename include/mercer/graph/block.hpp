#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mercer/graph/graph.hpp"

namespace mercer {

/// Facts about the graph from which a block was sampled.
struct BlockOrigin {
  std::vector<Node> nodes{};       // [sources]  node numbers in the graph, for all dropout; empty: 0, 1, 2, …
  std::vector<Edge> in_degree{};   // [targets]  |N(i)| in the graph; empty: as in the block
  std::vector<Edge> out_degree{};  // [sources]  targets of a source in the graph; empty: as in the block
  std::vector<Edge> slots{};       // [edges]  edge slots in the graph, for facts about edges; empty: not known
};

/// One sampled layer: the targets are the first rows of the sources, as in PyTorch Geometric and DGL. A layer maps x of
/// the sources to y of the targets. The normalisers degree and symmetric use the degrees of the origin.
class Block {
 public:
  /// Throws ValueError when there are more targets than sources or for an origin that can't be (a degree of 0 where the
  /// block has edges, a number of a node below 0 or given twice, a slot below 0), ShapeError when its sizes don't
  /// fit.
  explicit Block(Csr adjacency, BlockOrigin origin = {});

  const Graph& graph() const& { return graph_; }
  Graph graph() && { return graph_; }
  const BlockOrigin& origin() const& { return *origin_; }
  BlockOrigin origin() && { return *origin_; }
  Index targets() const { return graph_.rows(); }
  Index sources() const { return graph_.columns(); }
  Edge edges() const { return graph_.edges(); }

  TopologyView view() const&;
  TopologyView view() const&& = delete;  // would dangle

 private:
  Graph graph_;
  std::shared_ptr<const BlockOrigin> origin_;
  std::shared_ptr<SideCache> cache_ = new_side_cache();
};

/// The block of these targets (distinct) with all their edges. Its sources are the targets, then the other neighbours
/// in order of their first occurrence. Rows keep the graph's order; degrees are the graph's. Throws ShapeError unless
/// the graph is square, ValueError on a target out of range or named twice.
Block full_block(const Graph& graph, std::span<const Node> targets);

/// The blocks by which a model of that many layers computes these targets, outermost first: the sources of each are the
/// targets of the one before. Throws as full_block, and ValueError for fewer than one layer. Of a neighbourhood with
/// facts about its edges: attention/full_blocks.hpp.
std::vector<Block> full_blocks(const Graph& graph, std::span<const Node> targets, Index layers);

}  // namespace mercer
