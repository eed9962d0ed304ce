#pragma once

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

/// One group of column_products, for both backends: columns first … last − 1 of a row u.
namespace mercer {

/// factor Π_t u_t
MERCER_HD inline Real product_of_group(const Real* u, Index first, Index last, Real factor) {
  Real product = factor;
  for (Index t = first; t < last; ++t)
    product *= u[t];
  return product;
}

/// du_t = slope Π_{s≠t} u_s, as the product over s < t (first loop, stored in du) times the product over s > t.
MERCER_HD inline void product_of_group_backward(const Real* u, Index first, Index last, Real slope, Real* du) {
  Real before = slope, behind = 1;
  for (Index t = first; t < last; ++t) {
    du[t] = before;
    before *= u[t];
  }
  for (Index t = last - 1; t >= first; --t) {
    du[t] *= behind;
    behind *= u[t];
  }
}

}  // namespace mercer
