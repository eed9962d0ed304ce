#pragma once

#include <cmath>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// The weight w of an edge, as both backends compute it. It multiplies κ, so ∂L/∂w = (∂L/∂s) / w with s = ln κ + ln w.
/// At w = 0 this is 0 / 0. There the pass over rows scores the edge as if w were 1: ds is then ∂L/∂w itself, since the
/// edge adds nothing to the row's sum and δ. Afterwards ds of the edge is set to 0, because its α is 0.
namespace mercer {

/// ln w; `zero_is_one`: 0 for w = 0.
MERCER_HD inline Real log_edge_weight(Real w, bool zero_is_one) {
  return zero_is_one && w == 0 ? Real(0) : std::log(w);
}

/// ∂L/∂w from Σ_h ds_h. Where κ exceeds the row's sum by more than a Real can hold, it is set to 0.
MERCER_HD inline Real edge_weight_gradient(Real w, Real ds) {
  if (w > 0) return ds / w;
  return std::isfinite(ds) ? ds : Real(0);
}

}  // namespace mercer
