#pragma once

#include <algorithm>

#include "mercer/autograd/functions.hpp"

namespace mercer {

/// a + b, where either may be absent.
inline Variable sum_of(const Variable& a, const Variable& b) { return a ? (b ? add(a, b) : a) : b; }

/// x / n.
inline Variable divided(const Variable& x, Index n) {
  return scale(x, Real(1) / static_cast<Real>(std::max<Index>(n, 1)));
}

}  // namespace mercer
