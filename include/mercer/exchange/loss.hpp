#pragma once

#include <cstdint>
#include <span>

#include "mercer/exchange/communicator.hpp"

namespace mercer {

/// This rank's share of the loss of the whole graph, of which the shares are added up: the cross entropy of its own
/// `rows`, maybe none, over all `of` rows that the mean is of, and an equal share of the penalty, which every rank has
/// alike. Labels are those of its own nodes.
Variable share_of_loss(const Communicator& ranks, const Variable& logits, std::span<const std::int32_t> labels,
                       std::span<const Node> rows, Index of, const Variable& penalty = {});

}  // namespace mercer
