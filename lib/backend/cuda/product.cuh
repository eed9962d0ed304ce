#pragma once

#include "mercer/base/types.hpp"

namespace mercer::cuda {

/// A matrix for each head: entry (i, c) of head h is data[h · head + i · row + c · column].
struct Factor {
  const Real* data;
  Index row, column, head = 0;
};

/// The same for a result, whose columns are contiguous.
struct Result {
  Real* data;
  Index row, head = 0;
  bool add = false;  // add to the present values
};

struct ProductSizes {
  Index rows, inner, columns, heads = 1;
};

/// c_h = a_h b_h for every head, or c_h += a_h b_h; a [rows, inner], b [inner, columns]. A block of threads computes a
/// tile of c. With few tiles, a long inner dimension is cut into pieces, by sizes alone, whose products are added in
/// order.
void gemm_tiled(const char* op, const ProductSizes& sizes, const Factor& a, const Factor& b, const Result& c);

}  // namespace mercer::cuda
