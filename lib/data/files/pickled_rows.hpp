#pragma once

#include <cstdint>
#include <vector>

#include "data/files/pickle.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// The nonzeros of a matrix by rows: those of row r are offset[r] … offset[r + 1] − 1. Columns are as stored: not
/// checked.
struct PickledRows {
  Index rows = 0, columns = 0;
  std::vector<std::int64_t> offset;  // [rows + 1]
  std::vector<std::int64_t> column;  // [nonzeros]
  std::vector<double> value;         // [nonzeros]
};

/// The root object of the pickle: a matrix or array of scipy.sparse (csr, csc, coo, lil), or a numpy array of two
/// dimensions. Throws FileError when it is something else or doesn't fit together.
PickledRows pickled_rows(const Pickle& pickle);

}  // namespace mercer
