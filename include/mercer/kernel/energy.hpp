#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/cauchy.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/kernel/pairing.hpp"

/// Energies of SA-AbMILP (Rymarczyk et al., Kernel Self-Attention in Deep Multiple Instance Learning, WACV 2021). An
/// energy is either the weight κ itself or the logit ln κ. Energies in (0, 1] used as logits give weights that differ
/// by a factor of e at most.
namespace mercer {

/// κ = exp(scale · t), t = Σ_c (|q_c| + |k_c| − |q_c − k_c|), which is positive definite. The "module" of the authors'
/// code is −t, scale = −1: similar nodes weigh less.
struct HistogramIntersectionLogit {
  static constexpr std::string_view name = "histogram_intersection_logit";
  static constexpr bool smooth_at_zero = false;
  Real scale = 1;

  MERCER_HD Overlap pairing() const { return {}; }
  HistogramIntersectionLogit fitted(Index width) const { return {.scale = 1 / root_of(width)}; }
  MERCER_HD Real log_value(Real t) const { return scale * t; }
  MERCER_HD Real log_slope(Real) const { return scale; }
};
static_assert(PositiveKernel<HistogramIntersectionLogit>);

/// κ = t ≥ 0. It can be 0, so it has no logarithm.
struct HistogramIntersection {
  static constexpr std::string_view name = "histogram_intersection";
  static constexpr bool smooth_at_zero = false;

  MERCER_HD Overlap pairing() const { return {}; }
  MERCER_HD Real value(Real t) const { return t; }
  MERCER_HD Real slope(Real) const { return 1; }
};
static_assert(SignedKernel<HistogramIntersection>);

/// κ = exp(K(q, k)): the kernel K as a logit.
template <PositiveKernel K>
struct AsLogit {
  static constexpr std::string_view name = K::logit_name;
  static constexpr bool smooth_at_zero = K::smooth_at_zero;
  K energy{};

  MERCER_HD auto pairing() const { return energy.pairing(); }
  MERCER_HD Real log_value(Real t) const { return std::exp(energy.log_value(t)); }
  MERCER_HD Real log_slope(Real t) const { return std::exp(energy.log_value(t)) * energy.log_slope(t); }
};
using GaussianLogit = AsLogit<Gaussian>;
using CauchyLogit = AsLogit<Cauchy>;
static_assert(PositiveKernel<GaussianLogit> && PositiveKernel<CauchyLogit>);

}  // namespace mercer
