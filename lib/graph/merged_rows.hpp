#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mercer/graph/build.hpp"

namespace mercer {

/// The CSR of (target, source) pairs: rows ascend, repeated pairs are merged; `counts` gets how often each slot is
/// given. Throws ValueError on a node out of range.
Csr merged_rows(Index rows, Index columns, std::span<const NodePair> edges,
                std::vector<std::int32_t>* counts = nullptr);

/// The same of rows that are in no order. The offsets rise from 0 to the number of neighbours; throws as Csr does where
/// one of these is out of range.
Csr merged_rows(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour,
                std::vector<std::int32_t>* counts = nullptr);

/// Does every row ascend without a repeated neighbour?
bool rows_ascend(CsrView g);

/// Rows that ascend without a repeated neighbour: those of g, or else merged ones.
class AscendingRows {
 public:
  explicit AscendingRows(CsrView g);
  CsrView view() const { return view_; }

 private:
  Csr merged_;
  CsrView view_;
};

Csr copy_of(CsrView g);

}  // namespace mercer
