#pragma once

#include <algorithm>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// The row of a relative bias [2 L + 1, h] for target i and source j: L + (i − j), where i − j is clipped to ±L.
MERCER_HD constexpr Index relative_row(Index rows, Index i, Index j) {
  const Index most = rows / 2;
  return most + std::clamp(i - j, -most, most);
}

}  // namespace mercer
