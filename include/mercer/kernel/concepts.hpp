#pragma once

#include <concepts>
#include <string_view>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// κ(q, k) = f(t): what t is (Pairing, see pairing.hpp) and a scalar function of it.
template <class K>
concept Kernel = std::semiregular<K> && requires(const K kappa) {
  { kappa.pairing() } -> std::same_as<typename K::Pairing>;
  { K::name } -> std::convertible_to<std::string_view>;
  { K::smooth_at_zero } -> std::convertible_to<bool>;  // may a test differentiate at q = k?
};

/// f > 0: gives ln f and its slope, so that a row of weights is a softmax and never overflows.
template <class K>
concept PositiveKernel = Kernel<K> && requires(const K kappa, Real t) {
  { kappa.log_value(t) } -> std::same_as<Real>;
  { kappa.log_slope(t) } -> std::same_as<Real>;
};

/// f of either sign: gives f and its slope. Softmax does not compile for it.
template <class K>
concept SignedKernel = Kernel<K> && !PositiveKernel<K> && requires(const K kappa, Real t) {
  { kappa.value(t) } -> std::same_as<Real>;
  { kappa.slope(t) } -> std::same_as<Real>;
};

/// κ of either sign that needs more than one t: a function of whole rows of one head, `width` values each.
template <class K>
concept RowKernel = std::semiregular<K> && requires(const K kappa, const Real* row) {
  { kappa.value(row, row) } -> std::same_as<Real>;
  { kappa.width() } -> std::same_as<Index>;
  { K::name } -> std::convertible_to<std::string_view>;
  { K::smooth_at_zero } -> std::convertible_to<bool>;
};

/// f(t) of a signed kernel, ln f(t) of a positive one; and the slope of it.
template <Kernel K>
MERCER_HD Real value_of(const K& kappa, Real t) {
  if constexpr (SignedKernel<K>)
    return kappa.value(t);
  else
    return kappa.log_value(t);
}
template <Kernel K>
MERCER_HD Real slope_of(const K& kappa, Real t) {
  if constexpr (SignedKernel<K>)
    return kappa.slope(t);
  else
    return kappa.log_slope(t);
}

/// What t a kernel is made of; void for one that is not made of a single t.
template <class K>
struct PairingOfKernel {
  using Type = void;
};
template <Kernel K>
struct PairingOfKernel<K> {
  using Type = typename K::Pairing;
};
template <class K>
using PairingOf = typename PairingOfKernel<K>::Type;

}  // namespace mercer
