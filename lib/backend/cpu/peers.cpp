#include "backend/peers.hpp"

#include "backend/cpu/blocks.hpp"

namespace mercer::cpu {

void take_rows(const Real* x, const Node* row, View y) {
  parallel_rows(y.rows, y.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      std::copy_n(x + row[i] * y.columns, y.columns, y.row(i));
  });
}

}  // namespace mercer::cpu
