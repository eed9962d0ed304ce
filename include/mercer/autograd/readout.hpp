#pragma once

#include <vector>

#include "mercer/autograd/functions.hpp"

/// Many rows to one: of all nodes, or of each segment, a small graph or a sequence of a batch. The rows of segment s
/// are offset[s] … offset[s + 1] − 1. Throw ValueError unless offsets rise from 0 to the rows of x.
namespace mercer {

Variable sum_of_rows(const Variable& x);     // Σ_i x_i, [1, d]
Variable sum_of_columns(const Variable& x);  // Σ_c x_ic, [n, 1]
/// max_i x_ic, [1, d]. The gradient goes to the first row that has it; 0 of no rows.
Variable max_of_rows(const Variable& x);

/// One row a segment, [segments, d]; zeros of an empty one.
Variable sum_of_rows(const Variable& x, const std::vector<Index>& offset);
Variable mean_of_rows(const Variable& x, const std::vector<Index>& offset);
Variable max_of_rows(const Variable& x, const std::vector<Index>& offset);

}  // namespace mercer
