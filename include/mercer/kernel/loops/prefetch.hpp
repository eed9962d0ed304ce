#pragma once

#include <algorithm>
#include <cstddef>

#include "mercer/base/types.hpp"
#include "mercer/kernel/loops/tile.hpp"

namespace mercer::cpu {

/// How a loop over edges asks for rows of so many bytes before it reads them.
struct Ahead {
  explicit Ahead(Index row)
      : bytes(row),
        read(std::min(bytes, most_lines * line)),
        edges(static_cast<int>(
            std::clamp<Index>(lines_under_way * line / std::max<Index>(bytes, 1), 2, Tile::most_ahead))) {}

  static constexpr Index line = 64, most_lines = 16, lines_under_way = 48;
  Index bytes, read;  // of a row: all, and those asked for
  int edges;
};

namespace {

/// The far rows of a tile lie anywhere in memory. A loop over edges asks for the row that it will read some edges
/// later, so that the reads of several rows go on at once.
class RowsAhead {
 public:
  template <class Value>
  RowsAhead(const Tile& tile, const Value* data, const Ahead& ahead)
      : tile_(tile), data_(reinterpret_cast<const std::byte*>(data)), ahead_(ahead) {}

  /// Before edge e is computed.
  void operator()(int e) const {
    if (e + ahead_.edges >= tile_.known) return;
    const std::byte* row = data_ + tile_.far[static_cast<std::size_t>(e + ahead_.edges)] * ahead_.bytes;
    for (Index c = 0; c < ahead_.read; c += Ahead::line)
      __builtin_prefetch(row + c);
  }

 private:
  const Tile& tile_;
  const std::byte* data_;
  Ahead ahead_;
};

}  // namespace
}  // namespace mercer::cpu
