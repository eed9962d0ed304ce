#pragma once

#include <algorithm>

#include "mercer/kernel/loops/tile.hpp"

namespace mercer::cpu {
namespace {

/// The far rows of a tile lie anywhere in memory. A loop over edges asks for the row that it will read some edges
/// later, so that the reads of several rows go on at once.
class RowsAhead {
 public:
  RowsAhead(const Tile& tile, const Real* data, Index columns)
      : tile_(tile),
        data_(data),
        columns_(columns),
        read_(std::min(columns, most_lines * line)),
        ahead_(static_cast<int>(std::clamp<Index>(lines_under_way * line / std::max<Index>(columns, 1), 2, 16))) {}

  /// Before edge e is computed.
  void operator()(int e) const {
    if (e + ahead_ >= tile_.edges) return;
    const Real* row = data_ + tile_.far[static_cast<std::size_t>(e + ahead_)] * columns_;
    for (Index c = 0; c < read_; c += line)
      __builtin_prefetch(row + c);
  }

 private:
  static constexpr Index line = 64 / sizeof(Real), most_lines = 16, lines_under_way = 48;
  const Tile& tile_;
  const Real* data_;
  Index columns_, read_;
  int ahead_;
};

}  // namespace
}  // namespace mercer::cpu
