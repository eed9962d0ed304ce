#pragma once

#include <span>
#include <vector>

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// The runs of rows offset[s] … offset[s + 1] − 1 of x, for each s; together they cost no more than x. Throws
/// ValueError for a run that ends outside of x.
std::vector<Variable> cut_rows(const Variable& x, std::span<const Index> offset);

/// All rows of several matrices of one width, one matrix below the other. Throws ValueError without any, ShapeError for
/// different widths.
Variable stack_rows(const std::vector<Variable>& parts);

}  // namespace mercer
