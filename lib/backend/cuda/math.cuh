#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// The functions that shared formulas use, under the same names as the vector code of the CPU.
namespace mercer::cuda {

MERCER_HD inline Real exp_of(Real x) { return std::exp(x); }
MERCER_HD inline Real exp_minus_1_of(Real x) { return std::expm1(x); }
MERCER_HD inline Real log_of(Real x) { return std::log(x); }

}  // namespace mercer::cuda
