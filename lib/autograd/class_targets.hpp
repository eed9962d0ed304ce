#pragma once

#include <cstdint>
#include <span>

#include "mercer/base/types.hpp"

/// What every form of the cross entropy asks of its arguments. Each throws ValueError.
namespace mercer {

/// At least one row unless the weight of all rows is given; rows in 0 … n − 1, their labels in 0 … classes − 1.
void check_class_rows(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes,
                      Real total_weight);

/// Finite and 0 or more.
void check_class_weights(std::span<const Real> weights);

/// The weight of the rows here, or of all rows where that is given; it must be more than 0.
double weight_of_rows(double here, Real total_weight);

}  // namespace mercer
