#pragma once

#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// Consecutive rows, and the columns begin … end − 1 that hold all their runs.
struct RowBlock {
  Index first, last, begin, end;
  MERCER_HD Index rows() const { return last - first; }
};

/// Cuts rows with runs of columns into blocks of up to `most` rows. Rows whose runs have no column in common with the
/// block begin a new one.
std::vector<RowBlock> row_blocks(const EdgeRows& g, Index most);

}  // namespace mercer
