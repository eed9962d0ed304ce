#pragma once

#include <cstdint>
#include <span>

#include "backend/optimize.hpp"
#include "mercer/base/random.hpp"
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/view.hpp"

/// Dense loops, declared once for both backends. Outputs are overwritten unless said otherwise; nothing is
/// checked here: the functions of autograd do that.
namespace mercer::cpu {
#include "backend/dense_ops.inc"
}
namespace mercer::cuda {
#include "backend/dense_ops.inc"
}
