#pragma once

#include <variant>

#include "mercer/kernel/additive.hpp"
#include "mercer/kernel/cauchy.hpp"
#include "mercer/kernel/constant.hpp"
#include "mercer/kernel/dot_product.hpp"
#include "mercer/kernel/energy.hpp"
#include "mercer/kernel/exponential.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/kernel/inner_product.hpp"
#include "mercer/kernel/laplacian.hpp"
#include "mercer/kernel/spectral_mixture.hpp"

namespace mercer {

/// The one list of all kernels: a new kernel is its header and one word here.
using AnyKernel = std::variant<Exponential, Additive, DynamicAdditive, Gaussian, Laplacian, Cauchy, Constant,
                               InnerProduct, PositiveInnerProduct, SquaredInnerProduct, DotProductSeries, GaussianLogit,
                               CauchyLogit, HistogramIntersectionLogit, HistogramIntersection, SpectralMixture>;

/// Can κ be negative?
inline bool is_signed(const AnyKernel& kernel) {
  return std::visit([]<class K>(const K&) { return !PositiveKernel<K>; }, kernel);
}

}  // namespace mercer
