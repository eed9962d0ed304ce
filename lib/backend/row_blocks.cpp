#include "backend/row_blocks.hpp"

#include <algorithm>

namespace mercer {

std::vector<RowBlock> row_blocks(const EdgeRows& g, Index most) {
  std::vector<RowBlock> blocks;
  for (Index i = 0; i < g.rows; ++i) {
    const Index begin = g.run[i], end = begin + g.degree(i);
    const bool has_columns = begin < end;
    RowBlock* last = blocks.empty() ? nullptr : &blocks.back();
    const bool was_empty = last != nullptr && last->begin == last->end;
    if (last == nullptr || last->rows() == most ||
        (has_columns && !was_empty && (begin >= last->end || end <= last->begin))) {
      blocks.push_back({i, i + 1, begin, end});
      continue;
    }
    last->last = i + 1;
    if (!has_columns) continue;
    last->begin = was_empty ? begin : std::min(last->begin, begin);
    last->end = was_empty ? end : std::max(last->end, end);
  }
  return blocks;
}

}  // namespace mercer
