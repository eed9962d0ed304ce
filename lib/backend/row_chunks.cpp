#include "backend/row_chunks.hpp"

#include <algorithm>

namespace mercer {

RowChunks::RowChunks(const EdgeRows& g) {
  for (Index i = 0; i < g.rows; ++i) {
    if (g.degree(i) <= RowChunk::most) continue;
    const auto first = static_cast<Index>(chunks.size());
    for (Edge e = g.offset[i]; e < g.offset[i + 1]; e += RowChunk::most)
      chunks.push_back({i, e, std::min(e + RowChunk::most, g.offset[i + 1])});
    long_rows.push_back({i, first, static_cast<Index>(chunks.size())});
  }
}

}  // namespace mercer
