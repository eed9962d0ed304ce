#pragma once

#include <cstddef>
#include <type_traits>

#include "mercer/kernel/additive.hpp"
#include "mercer/kernel/cauchy.hpp"
#include "mercer/kernel/constant.hpp"
#include "mercer/kernel/dot_product.hpp"
#include "mercer/kernel/energy.hpp"
#include "mercer/kernel/exponential.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/kernel/inner_product.hpp"
#include "mercer/kernel/laplacian.hpp"
#include "mercer/kernel/matern.hpp"
#include "mercer/kernel/spectral_mixture.hpp"

namespace mercer {

/// An ordered list of kernel types.
template <class... K>
struct KernelList {
  static constexpr std::size_t size = sizeof...(K);
  template <class One>
  static constexpr bool has = (std::is_same_v<One, K> || ...);
  template <class One>
  static constexpr std::size_t position = [] {
    std::size_t n = 0;
    (void)((std::is_same_v<One, K> || (++n, false)) || ...);
    return n;
  }();

  /// Calls `f.operator()<K>()` for each kernel type K.
  template <class F>
  static void each(F&& f) {
    (f.template operator()<K>(), ...);
  }
};

/// The list of all built-in kernels. A new kernel is its header and one word here.
using Catalogue = KernelList<Exponential, Additive, DynamicAdditive, Gaussian, Laplacian, Cauchy, Constant,
                             InnerProduct, PositiveInnerProduct, SquaredInnerProduct, DotProductSeries, GaussianLogit,
                             CauchyLogit, HistogramIntersectionLogit, HistogramIntersection, SpectralMixture, Matern>;

}  // namespace mercer
