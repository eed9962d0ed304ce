#pragma once

#include "mercer/base/types.hpp"

namespace mercer::cuda {

/// A matrix of each head: entry (i, c) of head h stands at data[h · head + i · row + c · column].
struct Factor {
  const Real* data;
  Index row, column, head = 0;
};

/// The same of a result, whose columns stand side by side.
struct Result {
  Real* data;
  Index row, head = 0;
  bool add = false;  // to what is there
};

struct ProductSizes {
  Index rows, inner, columns, heads = 1;
};

/// c_h = a_h b_h for every head, or c_h += a_h b_h; a [rows, inner], b [inner, columns]. Blocks of threads make tiles
/// of c. A long inner dimension with few tiles is cut into pieces, by sizes alone, and their products are added in
/// order.
void gemm_tiled(const char* op, const ProductSizes& sizes, const Factor& a, const Factor& b, const Result& c);

}  // namespace mercer::cuda
