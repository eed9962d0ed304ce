#pragma once

#include <algorithm>

#include "mercer/base/annotate.hpp"  // vectors as results
#include "mercer/kernel/loops/lanes.hpp"

/// Products of small blocks of matrices, in registers.
namespace mercer::cpu::tiles {

/// A matrix [depth, columns] in panels of eight columns, so that the product reads it in order: element (k, c) is
/// data[c / 8 · stride + 8 k + c % 8].
struct Panels {
  const Real* data = nullptr;
  Index stride = 0;  // from panel to panel
};

/// A matrix [rows, depth]: element (r, k) is data[r · row_stride + k · stride].
struct Left {
  const Real* data = nullptr;
  Index row_stride = 0, stride = 1;
};

/// The memory of a product: element (r, c) is data[r · row_stride + c / 8 · panel_stride + c % 8].
struct Product {
  Real* data = nullptr;
  Index row_stride = 0, panel_stride = lane_count;
};

/// The smallest multiple of eight that is at least n.
constexpr Index whole_panels(Index n) { return (n + lane_count - 1) / lane_count * lane_count; }

namespace {

/// Rows of a block in registers: with two panels, 12 sums of 16 vector registers of eight floats.
constexpr int rows_at_once = sizeof(Real) == 4 ? 6 : 3;

template <int rows, int panels>
inline void multiply_block(Left a, Index depth, Panels b, bool adds, Product c) {
  Lanes sum[rows][panels] = {};
  for (Index k = 0; k < depth; ++k) {
    Lanes x[panels];
    for (int p = 0; p < panels; ++p)
      x[p] = load<Lanes>(b.data + p * b.stride + k * lane_count);
    for (int r = 0; r < rows; ++r)
      for (int p = 0; p < panels; ++p)
        sum[r][p] += a.data[r * a.row_stride + k * a.stride] * x[p];
  }
  for (int r = 0; r < rows; ++r)
    for (int p = 0; p < panels; ++p) {
      Real* to = c.data + r * c.row_stride + p * c.panel_stride;
      store(to, adds ? load<Lanes>(to) + sum[r][p] : sum[r][p]);
    }
}

template <int panels>
inline void multiply_rows_of(Left a, Index rows, Index depth, Panels b, bool adds, Product c) {
  for (; rows >= rows_at_once; rows -= rows_at_once) {
    multiply_block<rows_at_once, panels>(a, depth, b, adds, c);
    a.data += rows_at_once * a.row_stride, c.data += rows_at_once * c.row_stride;
  }
  for (; rows > 0; --rows) {
    multiply_block<1, panels>(a, depth, b, adds, c);
    a.data += a.row_stride, c.data += c.row_stride;
  }
}

/// c = a b, or c += a b; a [rows, depth], b [depth, columns], columns a multiple of eight. Every element is summed in
/// the order of depth.
inline void multiply(Left a, Index rows, Index depth, Panels b, Index columns, bool adds, Product c) {
  for (; columns >= 2 * lane_count; columns -= 2 * lane_count) {
    multiply_rows_of<2>(a, rows, depth, b, adds, c);
    b.data += 2 * b.stride, c.data += 2 * c.panel_stride;
  }
  if (columns > 0) multiply_rows_of<1>(a, rows, depth, b, adds, c);
}

}  // namespace
}  // namespace mercer::cpu::tiles
