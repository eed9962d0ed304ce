#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"

namespace mercer {

/// κ = 1: all neighbours weigh the same; q and k are not read. The symmetric normaliser makes it GCN's propagation
/// (Kipf and Welling, ICLR 2017, equation 2), row_sum a mean.
struct Constant {
  static constexpr std::string_view name = "constant";
  static constexpr bool smooth_at_zero = true;

  MERCER_HD Nothing pairing() const { return {}; }
  MERCER_HD Real log_value(Real) const { return 0; }
  MERCER_HD Real log_slope(Real) const { return 0; }
};
static_assert(PositiveKernel<Constant>);

}  // namespace mercer
