#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// t = Σ_c term(q_c, k_c, a_c): what a row of q and a row of k are compared by, see pairing.hpp. Symmetric in q and k.
/// Functions written for any R are computed for eight components at once, those of Real for one after the other.
template <class P>
concept Pairing = std::is_trivially_copyable_v<P> && requires(const P by, Real x) {
  { by.term(x, x, x) } -> std::same_as<Real>;
  { by.slope(x, x, x) } -> std::same_as<Real>;
};

/// What tells a kernel from other types.
template <class K>
concept NamesAKernel = requires {
  { K::name } -> std::convertible_to<std::string_view>;
  { K::smooth_at_zero } -> std::convertible_to<bool>;  // may a test differentiate at q = k?
};

/// What every kernel is: a small value that is copied byte by byte, with a name. The name is asked first: to ask
/// whether another type can be copied may ask whether it is a kernel.
template <class K>
concept NamedKernel = NamesAKernel<K> && std::is_trivially_copyable_v<K> && std::semiregular<K>;

/// κ(q, k) = f(t): what t is (Pairing) and a scalar function of it.
template <class K>
concept ScalarKernel = NamedKernel<K> && requires(const K kappa) {
  { kappa.pairing() } -> Pairing;
};

/// f > 0: gives ln f and its slope, so that a row of weights is a softmax and never overflows.
template <class K>
concept PositiveKernel = ScalarKernel<K> && requires(const K kappa, Real t) {
  { kappa.log_value(t) } -> std::same_as<Real>;
  { kappa.log_slope(t) } -> std::same_as<Real>;
};

/// f of either sign: gives f and its slope. Softmax refuses it.
template <class K>
concept SignedKernel = ScalarKernel<K> && !PositiveKernel<K> && requires(const K kappa, Real t) {
  { kappa.value(t) } -> std::same_as<Real>;
  { kappa.slope(t) } -> std::same_as<Real>;
};

/// κ that needs more than one t: a function of whole rows of one head, `width` columns each, symmetric in both. An edge
/// and head keep `values` numbers t[0], t[stride], …, of which slope makes ∂κ/∂near_c; it is linear in them. The row
/// `far` is anything with [].
///   value(near, far, t, stride)       fills t; gives κ, of any sign; log_value in its place gives ln κ
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

/// f(t) of a signed kernel, ln f(t) of a positive one; and the slope of it.
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

/// The same of whole rows.
template <RowKernel K, class Row>
MERCER_HD Real value_of_rows(const K& kappa, const Real* near, const Row& far, Real* t, Index stride) {
  if constexpr (requires { kappa.value(near, far, t, stride); })
    return kappa.value(near, far, t, stride);
  else
    return kappa.log_value(near, far, t, stride);
}

}  // namespace mercer
