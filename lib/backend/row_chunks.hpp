#pragma once

#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// At most RowChunk::most edges of a row that has more.
struct RowChunk {
  static constexpr Edge most = 256;
  Index row;
  Edge first, last;
};

/// A row cut into chunks, first … last − 1 of their list.
struct LongRow {
  Index row, first, last;
};

/// The rows of more than RowChunk::most edges, and the chunks that they are cut into.
struct RowChunks {
  explicit RowChunks(const EdgeRows& g);

  std::vector<RowChunk> chunks;
  std::vector<LongRow> long_rows;
};

}  // namespace mercer
