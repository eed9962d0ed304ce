#pragma once

#include <cmath>
#include <numbers>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// The functions that shared formulas use, under the same names as the vector code of the CPU.
namespace mercer::cuda {

MERCER_HD inline Real exp_of(Real x) { return std::exp(x); }
MERCER_HD inline Real exp_minus_1_of(Real x) { return std::expm1(x); }
MERCER_HD inline Real log_of(Real x) { return std::log(x); }
MERCER_HD inline Real log_1_plus_exp_of(Real x) { return (x > 0 ? x : Real(0)) + std::log1p(std::exp(-std::abs(x))); }
MERCER_HD inline Real bell_of(Real x) { return std::exp(-x * x / 2); }
MERCER_HD inline Real normal_cdf_of(Real x) { return std::erfc(-x * (std::numbers::sqrt2_v<Real> / 2)) / 2; }

/// x · y and x + y, each rounded. A compiler may join a product and a sum in one place and not in another; where two
/// kernels must give the same bits, these and std::fma say which.
MERCER_HD inline Real rounded_product(Real x, Real y) {
#if defined(__CUDA_ARCH__)
  return __fmul_rn(x, y);
#else
  const volatile Real product = x * y;  // the SIMT machine's compilers join, too
  return product;
#endif
}
MERCER_HD inline Real rounded_sum(Real x, Real y) {
#if defined(__CUDA_ARCH__)
  return __fadd_rn(x, y);
#else
  const volatile Real term = y;
  return x + term;
#endif
}
/// x, of which the compiler knows nothing: what is computed of it shares no product with what is computed of x.
MERCER_HD inline Real set_apart(Real x) {
#if defined(__CUDA_ARCH__)
  asm volatile("" : "+f"(x));
  return x;
#else
  const volatile Real apart = x;
  return apart;
#endif
}

}  // namespace mercer::cuda
