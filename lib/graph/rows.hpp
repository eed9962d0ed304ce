#pragma once

#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/graph/csr.hpp"

namespace mercer {

inline constexpr Index rows_at_once = 4096;

/// Turns 0 and the length of each row into offsets; returns the last one.
inline Edge add_up(std::vector<Edge>& lengths) {
  std::partial_sum(lengths.begin(), lengths.end(), lengths.begin());
  return lengths.back();
}

/// A CSR made row by row on all threads: row i has length(i) neighbours, which write(i, to) puts to `to`.
template <class Length, class Write>
Csr made_of_rows(Index rows, Index columns, const Length& length, const Write& write) {
  std::vector<Edge> offset(static_cast<std::size_t>(rows) + 1, 0);
  parallel_ranges(rows, rows_at_once, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      offset[static_cast<std::size_t>(i) + 1] = length(i);
  });
  std::vector<Node> neighbour(static_cast<std::size_t>(add_up(offset)));
  parallel_ranges(rows, rows_at_once, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      write(i, neighbour.data() + offset[static_cast<std::size_t>(i)]);
  });
  return {rows, columns, std::move(offset), std::move(neighbour)};
}

/// The neighbours of row i.
inline std::span<const Node> row_of(CsrView g, Index i) {
  return {g.neighbour + g.offset[i], static_cast<std::size_t>(g.degree(i))};
}

}  // namespace mercer
