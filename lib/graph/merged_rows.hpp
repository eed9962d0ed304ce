#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mercer/graph/build.hpp"

namespace mercer {

/// The CSR of (target, source) pairs: rows ascend, repeated pairs are merged; `counts` gets how often
/// each slot is given. Rows are made by counting and sorted one by one, which is faster than to sort all pairs. Throws
/// ValueError on a node out of range.
Csr merged_rows(Index rows, Index columns, std::span<const NodePair> edges,
                std::vector<std::int32_t>* counts = nullptr);

}  // namespace mercer
