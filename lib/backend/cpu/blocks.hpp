#pragma once

#include <algorithm>

#include "mercer/base/parallel.hpp"
#include "mercer/tensor/tensor.hpp"

/// Cuts the CPU loops into blocks by sizes alone, so that no result depends on the number of threads.
namespace mercer::cpu {

constexpr Index block_of_elements = Index{1} << 14;  // about 10 µs of light work

/// body(first, last) over the elements of a matrix.
template <class Body>
void parallel_elements(Index count, Body&& body) {
  parallel_ranges(count, block_of_elements, body);
}

/// Rows of a block, when each row has `width` elements of light work.
inline Index rows_per_block(Index width) { return std::max<Index>(1, block_of_elements / std::max<Index>(width, 1)); }

/// body(first, last) over rows of `width` elements.
template <class Body>
void parallel_rows(Index rows, Index width, Body&& body) {
  parallel_ranges(rows, rows_per_block(width), body);
}

/// total = Σ over blocks of what body(first, last, partial) adds to its own zeroed partial [total.size()].
/// The partials are added in the order of the blocks.
template <class Body>
void sum_blocks(Index count, Index grain, View total, Body&& body) {
  const Index width = total.size(), blocks = (count + grain - 1) / grain;
  std::fill_n(total.data, width, Real(0));
  if (blocks <= 1) {
    if (count > 0) body(Index{0}, count, total.data);
    return;
  }
  Tensor partials(blocks, width);
  parallel_ranges(count, grain, [&](Index first, Index last) { body(first, last, partials.row(first / grain)); });
  parallel_elements(width, [&](Index first, Index last) {
    for (Index b = 0; b < blocks; ++b) {
      const Real* partial = partials.row(b);
      for (Index n = first; n < last; ++n)
        total.data[n] += partial[n];
    }
  });
}

}  // namespace mercer::cpu
