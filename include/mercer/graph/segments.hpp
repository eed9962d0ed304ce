#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mercer/graph/topology_view.hpp"

namespace mercer {

/// A batch of complete blocks: the targets of segment s attend to all sources of segment s. One segment of n rows is a
/// sequence of n tokens; rectangles serve for pooling and landmarks. Needs memory for rows, not for pairs.
///
/// Causal: the last target of a segment attends to all of its sources, each earlier target to one source fewer. In a
/// square segment, target a attends to sources 0 … a.
class Segments {
 public:
  /// Targets and sources of segment s are the rows offset[s] … offset[s + 1] − 1; [segments + 1], ascending from 0.
  /// Throws ValueError when the offsets are empty, do not begin at 0, or decrease.
  explicit Segments(std::vector<Index> offset, bool causal = false);
  /// Separate targets and sources. Throws as above, and ShapeError when their numbers of segments differ.
  Segments(std::vector<Index> target_offset, std::vector<Index> source_offset, bool causal = false);

  std::span<const Index> target_offset() const& { return data_->target_offset; }
  std::span<const Index> source_offset() const& { return data_->source_offset; }
  std::span<const Index> target_offset() const&& = delete;  // would dangle, as the view below
  std::span<const Index> source_offset() const&& = delete;
  Index count() const { return static_cast<Index>(data_->target_offset.size()) - 1; }
  Index longest() const { return data_->longest; }  // the most targets of a segment; 0 without segments
  bool is_causal() const { return data_->causal; }
  Index targets() const { return data_->target_offset.back(); }
  Index sources() const { return data_->source_offset.back(); }
  Edge edges() const { return data_->adjacency.offset.back(); }  // pairs
  /// True when every segment has as many targets as sources.
  bool is_square() const { return data_->target_offset == data_->source_offset; }

  TopologyView view() const&;
  TopologyView view() const&& = delete;

 private:
  struct Runs {
    std::vector<Edge> offset{0};  // [rows + 1]
    std::vector<Node> first{};    // [rows]
    void add(Index first_column, Index count);
    EdgeRows rows(Index columns) const;
  };
  struct Data {
    std::vector<Index> target_offset, source_offset;
    Index longest = 0;
    bool causal = false;
    Runs adjacency{}, transpose{};
    std::shared_ptr<SideCache> cache = new_side_cache();
  };
  std::shared_ptr<const Data> data_;
};

}  // namespace mercer
