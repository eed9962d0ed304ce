#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "backend/dense_ops.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace {

constexpr Index grain = 1 << 14;  // values; fixed, so that no sum depends on the number of threads

}  // namespace

void adam_step(ConstView g, const AdamFactors& by, View w, View m, View v) {
  parallel_ranges(w.size(), grain, [&, by](Index first, Index last) {
    const Real* __restrict dw = g.data;
    Real* __restrict value = w.data;
    Real* __restrict mean = m.data;
    Real* __restrict square = v.data;
    for (Index n = first; n < last; ++n)
      take_adam_step(by, dw[n], value[n], mean[n], square[n]);
  });
}

void sgd_step(ConstView g, const SgdFactors& by, View w, View m) {
  parallel_ranges(w.size(), grain, [&, by](Index first, Index last) {
    const Real* __restrict dw = g.data;
    Real* __restrict value = w.data;
    Real* __restrict speed = m.data;
    if (by.momentum == 0) {
      for (Index n = first; n < last; ++n)
        value[n] -= by.step * (dw[n] + by.l2 * value[n]);
      return;
    }
    for (Index n = first; n < last; ++n) {
      speed[n] = by.momentum * speed[n] + dw[n] + by.l2 * value[n];
      value[n] -= by.step * speed[n];
    }
  });
}

double sum_of_squares(ConstView x) {
  constexpr std::size_t lanes = 8;  // independent sums, for vector code
  std::vector<double> part(static_cast<std::size_t>((x.size() + grain - 1) / grain));
  parallel_ranges(x.size(), grain, [&](Index first, Index last) {
    std::array<double, lanes> sum{};
    Index n = first;
    for (; n + static_cast<Index>(lanes) <= last; n += static_cast<Index>(lanes))
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double value = static_cast<double>(x.data[n + static_cast<Index>(lane)]);
        sum[lane] += value * value;
      }
    for (; n < last; ++n)
      sum[0] += static_cast<double>(x.data[n]) * static_cast<double>(x.data[n]);
    double total = 0;
    for (const double lane : sum)
      total += lane;
    part[static_cast<std::size_t>(first / grain)] = total;
  });
  double total = 0;
  for (const double p : part)
    total += p;
  return total;
}

}  // namespace mercer::cpu
