#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// Is x larger than the largest value so far, that of row `where`, −1 before the first? NaN is larger than all.
MERCER_HD inline bool takes_over(Real x, Real largest, Node where) {
  return where < 0 || x > largest || (x != x && largest == largest);
}

}  // namespace mercer
