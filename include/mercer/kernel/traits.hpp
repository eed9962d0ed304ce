#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

#include "mercer/kernel/concepts.hpp"

namespace mercer {

/// The traits of a pairing: its static members of these names, or the defaults here.
template <Pairing P>
struct PairingTraits {
  static constexpr bool compares = [] {  // are q and k read?
    if constexpr (requires { P::compares; }) return P::compares;
    return true;
  }();
  static constexpr bool weighted = [] {  // is there a learned vector a? Then weight_slope(q, k) = ∂term/∂a
    if constexpr (requires { P::weighted; }) return P::weighted;
    return false;
  }();
  static constexpr bool stationary = [] {  // is t a function of q − k?
    if constexpr (requires { P::stationary; }) return P::stationary;
    return false;
  }();
  static constexpr bool half_scores = [] {  // is t = q + k with one number a head?
    if constexpr (requires { P::half_scores; }) return P::half_scores;
    return false;
  }();
};

/// The pairing of a kernel. A kernel of whole rows is its own.
template <class K>
struct PairingOfKernel {
  using Type = K;
};
template <ScalarKernel K>
struct PairingOfKernel<K> {
  using Type = decltype(K().pairing());
};
template <class K>
using PairingOf = typename PairingOfKernel<K>::Type;

/// The traits of a kernel's PairingOf. A kernel of whole rows reads q and k, and nothing else.
template <class P>
constexpr bool pairing_compares = true;
template <Pairing P>
constexpr bool pairing_compares<P> = PairingTraits<P>::compares;
template <class P>
constexpr bool pairing_is_weighted = false;
template <Pairing P>
constexpr bool pairing_is_weighted<P> = PairingTraits<P>::weighted;
template <class P>
constexpr bool pairing_is_half_scores = false;
template <Pairing P>
constexpr bool pairing_is_half_scores<P> = PairingTraits<P>::half_scores;

/// May κ be negative? Then it has no logarithm.
template <Kernel K>
constexpr bool is_signed_kernel() {
  if constexpr (RowKernel<K>) return requires(const K kappa, const Real* row, Real* t, Index n) {
      kappa.value(row, row, t, n);
    };
  else
    return SignedKernel<K>;
}

/// A parameter of a kernel.
struct KernelNumber {
  std::string_view name{};
  Real value = 1;
  bool above_zero = false;  // must it be above 0? It must be finite in any case
};
using KernelNumbers = std::array<KernelNumber, 3>;  // those that it has not are called ""

/// The parameters of a kernel that attend checks: its members of type Real called `sigma` and `floor`, which are above
/// 0, `scale`, `negative_slope` and `shift`, and its number of `components`. A kernel made of an energy has the
/// energy's.
template <class K>
constexpr KernelNumbers numbers_of([[maybe_unused]] const K& kappa) {
  KernelNumbers numbers{};
  std::size_t count = 0;
  const auto add = [&](std::string_view name, const auto& member, bool above_zero) {
    if constexpr (std::same_as<decltype(member), const Real&>) numbers[count++] = {name, member, above_zero};
  };
  if constexpr (requires { kappa.energy; }) numbers = numbers_of(kappa.energy);
  if constexpr (requires { kappa.sigma; }) add("sigma", kappa.sigma, true);
  if constexpr (requires { kappa.scale; }) add("scale", kappa.scale, false);
  if constexpr (requires { kappa.negative_slope; }) add("negative_slope", kappa.negative_slope, false);
  if constexpr (requires { kappa.floor; }) add("floor", kappa.floor, true);
  if constexpr (requires { kappa.shift; }) add("shift", kappa.shift, false);
  if constexpr (requires { static_cast<Real>(kappa.components); })
    add("components", static_cast<Real>(kappa.components), true);
  return numbers;
}

/// The properties of a kernel that layers, checks and both backends ask for.
struct KernelTraits {
  std::string_view name;
  bool is_signed;    // may κ be negative?
  bool compares;     // are q and k read?
  bool weighted;     // does it need a learned vector, AttendOptions::kernel_weight?
  bool half_scores;  // are q and k one number a head, t = q + k?
  bool has_slope;    // can the forward pass save ∂y_i/∂q_i, being no wider than y_i?
  bool stationary;   // is κ a function of q − k?
  bool smooth_at_zero;
  Index width;   // columns of a head of q and k; 0: any
  Index values;  // numbers t that an edge and head keep
  KernelNumbers numbers{};
};

template <Kernel K>
KernelTraits traits_of(const K& kappa) {
  if constexpr (RowKernel<K>) {
    bool stationary = false;
    if constexpr (requires { K::stationary; }) stationary = K::stationary;
    return {.name = K::name,
            .is_signed = is_signed_kernel<K>(),
            .compares = true,
            .weighted = false,
            .half_scores = false,
            .has_slope = false,
            .stationary = stationary,
            .smooth_at_zero = K::smooth_at_zero,
            .width = kappa.width(),
            .values = kappa.values(),
            .numbers = numbers_of(kappa)};
  } else {
    using P = PairingTraits<PairingOf<K>>;
    return {.name = K::name,
            .is_signed = is_signed_kernel<K>(),
            .compares = P::compares,
            .weighted = P::weighted,
            .half_scores = P::half_scores,
            .has_slope = P::half_scores && !is_signed_kernel<K>(),
            .stationary = P::stationary,
            .smooth_at_zero = K::smooth_at_zero,
            .width = P::half_scores ? 1 : 0,
            .values = 1,
            .numbers = numbers_of(kappa)};
  }
}

/// Columns of a head of q and k: the kernel's own width, 0 where it reads none, `free` where any width will do.
inline Index head_width(const KernelTraits& traits, Index free) {
  if (!traits.compares) return 0;
  return traits.width > 0 ? traits.width : free;
}

}  // namespace mercer
