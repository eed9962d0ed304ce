#pragma once

#include <cmath>

#include "backend/denominator.hpp"
#include "backend/linear_ops.hpp"

/// The steps of linear_ops.inc that need one row and head alone, as functions of both backends: step(i, h, lane, lanes)
/// takes every so many of the head's columns.
namespace mercer {

/// Calls body(c) for the columns of a lane.
template <class Body>
MERCER_HD void each_column(Index lane, Index lanes, Index width, Body&& body) {
  for (Index c = lane; c < width; c += lanes)
    body(c);
}

struct JoinConstant {
  ConstView x;
  Index heads;
  Real factor, constant;
  View y;

  MERCER_HD void operator()(Index i, Index h, Index lane, Index lanes) const {
    const Index width = x.columns / heads, wide = y.columns / heads;
    const Real* from = x.row(i) + h * width;
    Real* to = y.row(i) + h * wide;
    each_column(lane, lanes, wide, [&](Index c) { to[c] = c < width ? factor * from[c] : constant; });
  }
};

struct JoinConstantBackward {
  ConstView dy;
  Index heads;
  Real factor;
  View dx;

  MERCER_HD void operator()(Index i, Index h, Index lane, Index lanes) const {
    const Index width = dx.columns / heads;
    const Real* from = dy.row(i) + h * (dy.columns / heads);
    Real* to = dx.row(i) + h * width;
    each_column(lane, lanes, width, [&](Index c) { to[c] = factor * from[c]; });
  }
};

struct ScaleValues {
  ConstView v, m;
  View c;

  MERCER_HD void operator()(Index j, Index h, Index lane, Index lanes) const {
    const Index width = v.columns / m.columns, wide = c.columns / m.columns;
    const Real *from = v.row(j) + h * width, by = m(j, h);
    Real* to = c.row(j) + h * wide;
    each_column(lane, lanes, wide, [&](Index k) { to[k] = k < width ? by * from[k] : by; });
  }
};

struct ScaleValuesBackward {
  ConstView dc, m;
  View dv;

  MERCER_HD void operator()(Index j, Index h, Index lane, Index lanes) const {
    const Index width = dv.columns / m.columns;
    const Real *from = dc.row(j) + h * (dc.columns / m.columns), by = m(j, h);
    Real* to = dv.row(j) + h * width;
    each_column(lane, lanes, width, [&](Index k) { to[k] = by * from[k]; });
  }
};

/// 1 / degree^power; 0 for a row without edges.
MERCER_HD inline Real inverse_degree(Edge degree, Real power) {
  if (power == 0) return 1;
  return degree > 0 ? std::pow(static_cast<Real>(degree), -power) : Real(0);
}

struct DivideSums {
  const Edge* offset;  // of the rows
  LinearDenominator by;
  ConstView sums;
  View y, inverse, guarded;

  MERCER_HD Real inverse_of(Index i, Real sum) const {
    if (!by.row_sum) return inverse_degree(offset[i + 1] - offset[i], by.power);
    return by.is_signed ? inverse_of_signed_sum(sum, by.guard) : inverse_of_positive_sum(sum);
  }
  MERCER_HD bool is_safe(Real sum) const { return by.is_signed ? is_safe_sum(sum, by.guard) : sum > 0; }
  /// Was the signed sum of a row with columns replaced?
  MERCER_HD bool counts(Index i, Index h) const {
    return by.row_sum && by.is_signed && offset[i + 1] > offset[i] && guarded(i, h) != 0;
  }

  MERCER_HD void operator()(Index i, Index h, Index lane, Index lanes) const {
    const Index width = y.columns / inverse.columns, wide = sums.columns / inverse.columns;
    const Real *from = sums.row(i) + h * wide, sum = by.row_sum ? from[width] : Real(0), factor = inverse_of(i, sum);
    Real* to = y.row(i) + h * width;
    each_column(lane, lanes, width, [&](Index c) { to[c] = factor * from[c]; });
    if (lane != 0) return;
    inverse(i, h) = factor;
    if (by.row_sum) guarded(i, h) = is_safe(sum) ? Real(0) : Real(1);
  }
};

struct DivideSumsBackward {
  ConstView dy, inverse, delta;
  View dsums;

  MERCER_HD void operator()(Index i, Index h, Index lane, Index lanes) const {
    const Index width = dy.columns / inverse.columns, wide = dsums.columns / inverse.columns;
    const Real *from = dy.row(i) + h * width, factor = inverse(i, h);
    Real* to = dsums.row(i) + h * wide;
    each_column(lane, lanes, wide, [&](Index c) { to[c] = factor * (c < width ? from[c] : -delta(i, h)); });
  }
};

}  // namespace mercer
