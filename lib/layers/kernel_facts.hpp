#pragma once

#include "mercer/autograd/functions.hpp"

namespace mercer {

/// a + b, where either may be absent.
inline Variable sum_of(const Variable& a, const Variable& b) { return a ? (b ? add(a, b) : a) : b; }

}  // namespace mercer
