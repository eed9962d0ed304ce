#include "backend/linear_steps.hpp"

#include <algorithm>
#include <limits>

#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace {

template <class Step>
void each_head(Index rows, Index heads, const Step& step) {
  parallel_ranges(rows, 256, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h)
        step(i, h, 0, 1);
  });
}

/// The largest key bias of a segment; 0 where none is finite, as then all magnitudes are 0.
Real largest_of(ConstView key_bias, Index first, Index last, Index h) {
  Real largest = -std::numeric_limits<Real>::infinity();
  for (Index j = first; j < last; ++j)
    largest = std::max(largest, key_bias(j, h));
  return std::isfinite(largest) ? largest : Real(0);
}

}  // namespace

void join_constant(ConstView x, Index heads, Real factor, Real constant, View y) {
  each_head(x.rows, heads, JoinConstant{x, heads, factor, constant, y});
}

void join_constant_backward(ConstView dy, Index heads, Real factor, View dx) {
  each_head(dy.rows, heads, JoinConstantBackward{dy, heads, factor, dx});
}

void source_magnitudes(const SegmentRuns& over_rows, Real power, ConstView key_bias, bool relative, View m) {
  const EdgeRows& sources = over_rows.topology.transpose;
  const auto offset = over_rows.column_offset;
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    for (Index h = 0; h < m.columns; ++h) {
      const bool biased = key_bias.data != nullptr;
      const Real largest = biased && relative ? largest_of(key_bias, offset[s], offset[s + 1], h) : Real(0);
      for (Index j = offset[s]; j < offset[s + 1]; ++j)
        m(j, h) = inverse_degree(sources.degree(j), power) * (biased ? std::exp(key_bias(j, h) - largest) : Real(1));
    }
}

void scale_values(ConstView v, ConstView m, View c) { each_head(v.rows, m.columns, ScaleValues{v, m, c}); }

void scale_values_backward(ConstView dc, ConstView m, View dv) {
  each_head(dc.rows, m.columns, ScaleValuesBackward{dc, m, dv});
}

Index divide_sums(const SegmentRuns& over_rows, const LinearDenominator& by, ConstView sums, View y, View inverse,
                  View guarded, Index*) {
  const DivideSums step{over_rows.rows().offset, by, sums, y, inverse, guarded};
  each_head(y.rows, inverse.columns, step);
  Index count = 0;
  for (Index i = 0; by.row_sum && by.is_signed && i < y.rows; ++i)
    for (Index h = 0; h < inverse.columns; ++h)
      count += step.counts(i, h) ? 1 : 0;
  return count;
}

void divide_sums_backward(ConstView dy, ConstView inverse, ConstView delta, View dsums) {
  each_head(dy.rows, inverse.columns, DivideSumsBackward{dy, inverse, delta, dsums});
}

Index first_negative(ConstView x) {
  const Real *end = x.data + x.size(), *found = std::find_if(x.data, end, [](Real value) { return value < 0; });
  return found == end ? -1 : found - x.data;
}

}  // namespace mercer::cpu
