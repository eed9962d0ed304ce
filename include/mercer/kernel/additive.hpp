#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = exp(leaky_relu(q + k)) on half scores of width 1, q = a_l·Wx_i and k = a_r·Wx_j: GAT
/// (Veličković et al., Graph Attention Networks, ICLR 2018, equation 3).
struct Additive {
  static constexpr std::string_view name = "gat";
  static constexpr bool smooth_at_zero = false;
  Real negative_slope = Real(0.2);

  MERCER_HD Sum pairing() const { return {}; }
  MERCER_HD Real log_value(Real t) const { return t > 0 ? t : negative_slope * t; }
  MERCER_HD Real log_slope(Real t) const { return t > 0 ? Real(1) : negative_slope; }
};
static_assert(PositiveKernel<Additive>);

/// κ = exp(Σ_c a_c leaky_relu(q_c + k_c)) with a learned vector a: GATv2
/// (Brody, Alon, Yahav, How Attentive are Graph Attention Networks?, ICLR 2022, equation 7).
struct DynamicAdditive {
  static constexpr std::string_view name = "gatv2";
  static constexpr bool smooth_at_zero = false;
  Real negative_slope = Real(0.2);

  MERCER_HD WeightedLeakySum pairing() const { return {negative_slope}; }
  MERCER_HD Real log_value(Real t) const { return t; }
  MERCER_HD Real log_slope(Real) const { return 1; }
};
static_assert(PositiveKernel<DynamicAdditive>);

}  // namespace mercer
