#pragma once

#include <cstdint>
#include <span>

#include "backend/optimize.hpp"
#include "mercer/base/random.hpp"
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/view.hpp"

/// Dense loops of both backends, for who defines them. Who calls them takes op:: of operators.hpp.
#define MERCER_OPERATOR(result, name, operands) result name operands;
namespace mercer::cpu {
#include "backend/dense_ops.inc"
}
namespace mercer::cuda {
#include "backend/dense_ops.inc"
}
#undef MERCER_OPERATOR
