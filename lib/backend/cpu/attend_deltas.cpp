#include <algorithm>

#include "backend/edge_ops.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::cpu {
namespace {

/// A guarded sum is a constant, so its delta is 0.
void forget_guarded(Index heads, const Real* guarded, Real* delta) {
  for (Index h = 0; h < heads; ++h)
    if (guarded[h] != 0) delta[h] = 0;
}

}  // namespace

void attend_deltas(const EdgeTerms& terms, ConstView y, ConstView dy, const Deltas& found) {
  const Index heads = terms.heads, d = y.columns / heads;
  attend_alive(dy, found.alive);
  parallel_ranges(y.rows, 1024, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real *dyi = dy.row(i), *yi = y.row(i);
      if (!terms.row_sum || found.alive[i] == 0) {
        std::fill_n(found.delta.row(i), heads, Real(0));
        continue;
      }
      sum_heads(heads, d, found.delta.row(i),
                [&]<class R>(Index c) -> R { return load<R>(dyi + c) * load<R>(yi + c); });
      if (found.guarded.data != nullptr) forget_guarded(heads, found.guarded.row(i), found.delta.row(i));
    }
  });
}

void attend_alive(ConstView dy, unsigned char* alive) {
  parallel_ranges(dy.rows, 1024, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* row = dy.row(i);
      alive[i] = std::any_of(row, row + dy.columns, [](Real value) { return value != 0; }) ? 1 : 0;
    }
  });
}

}  // namespace mercer::cpu
