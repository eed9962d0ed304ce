#include "backend/linear_blocks.hpp"

#include <algorithm>

namespace mercer {
namespace {

/// The block of the rows first … last − 1 of a segment whose chunks are none … all − 1.
LinearBlock block_of(const SegmentRuns& runs, Index begin, Index end, Index none, Index all, Index first, Index last) {
  const EdgeRows& g = runs.rows();
  const auto end_of = [&](Index i) { return g.run[i] + g.degree(i); };
  // within a segment, runs begin and end ever later
  if (runs.from_end) {
    const Index missing = (g.run[last - 1] - begin + LinearChunk::most - 1) / LinearChunk::most;
    const Index from = std::min(begin + missing * LinearChunk::most, end);
    return {{first, last, g.run[first], from}, none + missing < all ? none + missing : -1};
  }
  const Index whole = end_of(first) == end ? all - none : (end_of(first) - begin) / LinearChunk::most;
  const Index to = std::min(begin + whole * LinearChunk::most, end);
  return {{first, last, to, std::max(to, end_of(last - 1))}, whole > 0 ? none + whole - 1 : -1};
}

}  // namespace

LinearBlocks::LinearBlocks(const SegmentRuns& runs, Index block_rows) {
  for (std::size_t s = 0; s + 1 < runs.column_offset.size(); ++s) {
    const Index begin = runs.column_offset[s], end = runs.column_offset[s + 1];
    for (Index first = begin; first < end; first += LinearChunk::most)
      chunks.push_back({first, std::min(first + LinearChunk::most, end), static_cast<Index>(s)});
    first_chunk.push_back(std::ssize(chunks));
    const Index last_row = runs.row_offset[s + 1];
    for (Index first = runs.row_offset[s]; first < last_row; first += block_rows)
      blocks.push_back(block_of(runs, begin, end, first_chunk[s], first_chunk[s + 1], first,
                                std::min(first + block_rows, last_row)));
  }
}

}  // namespace mercer
