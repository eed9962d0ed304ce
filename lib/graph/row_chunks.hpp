#pragma once

#include <vector>

#include "mercer/graph/graph.hpp"

namespace mercer {

/// The rows of more than RowChunk::most edges, and the chunks that they are cut into.
struct RowChunks {
  explicit RowChunks(CsrView g);

  std::vector<RowChunk> chunks;
  std::vector<LongRow> long_rows;
};

}  // namespace mercer
