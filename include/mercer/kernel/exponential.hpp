#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = exp(scale · ⟨q, k⟩). With scale = 1/√d it is softmax attention
/// (Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 3.2.1).
struct Exponential {
  static constexpr std::string_view name = "dot";
  static constexpr bool smooth_at_zero = true;
  Real scale = 1;

  MERCER_HD Dot pairing() const { return {}; }
  Exponential fitted(Index width) const { return {.scale = 1 / root_of(width)}; }
  MERCER_HD Real log_value(Real t) const { return scale * t; }
  MERCER_HD Real log_slope(Real) const { return scale; }
};
static_assert(PositiveKernel<Exponential>);

}  // namespace mercer
