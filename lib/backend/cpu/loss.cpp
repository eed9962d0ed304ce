#include <cmath>
#include <limits>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

/// ln Σ_c e^(x_c) = largest + rest, without overflow. Both are kept, because their sum would round a small rest away.
struct LogSum {
  Real largest, rest;

  Real log_softmax(Real x) const { return (x - largest) - rest; }
};

LogSum log_sum_exp(const Real* x, Index d) {
  Real largest = -std::numeric_limits<Real>::infinity(), total = 0;
  for (Index c = 0; c < d; ++c)
    largest = x[c] > largest ? x[c] : largest;
#pragma omp simd reduction(+ : total)
  for (Index c = 0; c < d; ++c)
    total += exp_of(x[c] - largest);
  return {largest, std::log(total)};
}

}  // namespace

void log_softmax(ConstView x, View y) {
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = y.row(i);
      const LogSum sum = log_sum_exp(from, x.columns);
      for (Index c = 0; c < x.columns; ++c)
        to[c] = sum.log_softmax(from[c]);
    }
  });
}

void log_softmax_backward(ConstView x, View dy) {
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = dy.row(i);
      Real total = 0;
      for (Index c = 0; c < x.columns; ++c)
        total += to[c];
      const LogSum sum = log_sum_exp(from, x.columns);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        to[c] -= exp_of(sum.log_softmax(from[c])) * total;
    }
  });
}

void cross_entropy(ConstView x, const std::int32_t* label, const Real* weight, View y) {
  sum_blocks(x.rows, rows_per_block(x.columns), y, [&](Index first, Index last, Real* partial) {
    double total = 0;
    for (Index i = first; i < last; ++i)
      if (weight[i] != 0) total -= double{weight[i]} * log_sum_exp(x.row(i), x.columns).log_softmax(x(i, label[i]));
    *partial += static_cast<Real>(total);
  });
}

void cross_entropy_backward(ConstView x, const std::int32_t* label, const Real* weight, ConstView dy, View dx) {
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Real* from = x.row(i);
      Real* to = dx.row(i);
      const Real slope = weight[i] * dy(0, 0);
      if (slope == 0) {
        std::fill_n(to, x.columns, Real(0));
        continue;
      }
      const LogSum sum = log_sum_exp(from, x.columns);
#pragma omp simd
      for (Index c = 0; c < x.columns; ++c)
        to[c] = slope * exp_of(sum.log_softmax(from[c]));
      to[label[i]] -= slope;
    }
  });
}

}  // namespace mercer::cpu
