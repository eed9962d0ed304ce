#pragma once

#include <cstdint>
#include <span>

#include "backend/optimize.hpp"
#include "mercer/base/random.hpp"
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/view.hpp"

/// The declarations of the dense operators of both backends, for the files that define them. Callers use op:: of
/// operators.hpp.
#define MERCER_OPERATOR(result, name, operands) result name operands;
namespace mercer::cpu {
#include "backend/dense_ops.inc"
}
namespace mercer::cuda {
#include "backend/dense_ops.inc"
}
#undef MERCER_OPERATOR
