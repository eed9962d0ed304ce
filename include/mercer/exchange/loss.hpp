#pragma once

#include <cstdint>
#include <span>

#include "mercer/exchange/communicator.hpp"

namespace mercer {

/// This rank's share of the loss of the whole graph; the loss is the sum of the shares:
///   (1/total_rows) Σ_{i∈rows} cross entropy(logits_i, labels_i) + penalty / ranks.
/// `rows` are this rank's own training rows, maybe none; total_rows counts those of all ranks. `labels` are of its own
/// nodes; `penalty` has the same value on every rank.
Variable share_of_loss(const Communicator& ranks, const Variable& logits, std::span<const std::int32_t> labels,
                       std::span<const Node> rows, Index total_rows, const Variable& penalty = {});

}  // namespace mercer
