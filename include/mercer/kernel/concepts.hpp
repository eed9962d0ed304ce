#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// A pairing compares a row of q with a row of k: t = Σ_c term(q_c, k_c, a_c), symmetric in q and k (pairing.hpp).
/// Functions that take any R are computed for eight components at once, functions that take Real one by one.
template <class P>
concept Pairing = std::is_trivially_copyable_v<P> && requires(const P by, Real x) {
  { by.term(x, x, x) } -> std::same_as<Real>;
  { by.slope(x, x, x) } -> std::same_as<Real>;
};

/// A type with the names of a kernel.
template <class K>
concept NamesAKernel = requires {
  { K::name } -> std::convertible_to<std::string_view>;
  { K::smooth_at_zero } -> std::convertible_to<bool>;  // is κ differentiable at q = k?
};

/// A kernel is a small value with a name that is copied byte by byte. The name is tested first, because testing whether
/// some types are copyable leads back to this concept.
template <class K>
concept NamedKernel = NamesAKernel<K> && std::is_trivially_copyable_v<K> && std::semiregular<K>;

/// The value of the default kernel at one t, calculated by hand. A kernel of the catalogue may state it as `static
/// constexpr KnownValue known`; a test compares.
struct KnownValue {
  Real t, kappa;
};

/// κ(q, k) = f(t): a pairing and a scalar function of its t.
template <class K>
concept ScalarKernel = NamedKernel<K> && requires(const K kappa) {
  { kappa.pairing() } -> Pairing;
};

/// f > 0: gives ln f and its derivative. Softmax over a row takes the largest ln f out, so that nothing overflows.
template <class K>
concept PositiveKernel = ScalarKernel<K> && requires(const K kappa, Real t) {
  { kappa.log_value(t) } -> std::same_as<Real>;
  { kappa.log_slope(t) } -> std::same_as<Real>;
};

/// f of either sign: gives f and its derivative. Softmax refuses it.
template <class K>
concept SignedKernel = ScalarKernel<K> && !PositiveKernel<K> && requires(const K kappa, Real t) {
  { kappa.value(t) } -> std::same_as<Real>;
  { kappa.slope(t) } -> std::same_as<Real>;
};

/// A kernel that is not a function of one t. It compares whole rows of one head, `width` columns each, and is symmetric
/// in both. An edge and head keep `values` numbers t[0], t[stride], …; slope computes ∂κ/∂near_c from them and is
/// linear in them. The row `far` is any type with [].
///   value(near, far, t, stride)       fills t and gives κ, of any sign; log_value instead gives ln κ
///   slope(c, near_c, far_c, t, stride)
template <class K>
concept RowKernel = NamedKernel<K> && requires(const K kappa, const Real* row, Real* t, const Real* kept, Index n) {
  { kappa.width() } -> std::same_as<Index>;
  { kappa.values() } -> std::same_as<Index>;
  { kappa.slope(n, *row, *row, kept, n) } -> std::same_as<Real>;
} &&(
    requires(const K kappa, const Real* row, Real* t, Index n) {
      { kappa.value(row, row, t, n) } -> std::same_as<Real>;
    } ||
    requires(const K kappa, const Real* row, Real* t, Index n) {
      { kappa.log_value(row, row, t, n) } -> std::same_as<Real>;
    });

template <class K>
concept Kernel = PositiveKernel<K> || SignedKernel<K> || RowKernel<K>;

/// f(t) of a signed kernel, ln f(t) of a positive one; and its derivative.
template <ScalarKernel K>
MERCER_HD Real value_of(const K& kappa, Real t) {
  if constexpr (SignedKernel<K>)
    return kappa.value(t);
  else
    return kappa.log_value(t);
}
template <ScalarKernel K>
MERCER_HD Real slope_of(const K& kappa, Real t) {
  if constexpr (SignedKernel<K>)
    return kappa.slope(t);
  else
    return kappa.log_slope(t);
}

/// κ of a signed kernel of whole rows, ln κ of a positive one.
template <RowKernel K, class Row>
MERCER_HD Real value_of_rows(const K& kappa, const Real* near, const Row& far, Real* t, Index stride) {
  if constexpr (requires { kappa.value(near, far, t, stride); })
    return kappa.value(near, far, t, stride);
  else
    return kappa.log_value(near, far, t, stride);
}

}  // namespace mercer
