#include <cmath>
#include <limits>

#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/math.cuh"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
namespace {

/// ln Σ_c e^(x_c) = largest + rest, without overflow. Both are kept, because their sum would round a small rest away.
struct LogSum {
  Real largest, rest;

  __device__ Real log_softmax(Real x) const { return (x - largest) - rest; }
};

__device__ LogSum log_sum_exp(const Real* x, Index d, const Team& team) {
  Real largest = -std::numeric_limits<Real>::infinity(), total = 0;
  for (Index c = team.lane; c < d; c += team.lanes)
    largest = x[c] > largest ? x[c] : largest;
  largest = team.largest(largest);
  for (Index c = team.lane; c < d; c += team.lanes)
    total += exp_of(x[c] - largest);
  return {largest, log_of(team.sum(total))};
}

}  // namespace

void log_softmax(ConstView x, View y) {
  for_each_team("log_softmax", x.rows, x.columns, [=] __device__(Index i, const Team& team) {
    const Real* from = x.row(i);
    const LogSum sum = log_sum_exp(from, x.columns, team);
    for (Index c = team.lane; c < x.columns; c += team.lanes)
      y(i, c) = sum.log_softmax(from[c]);
  });
}

void log_softmax_backward(ConstView x, View dy) {
  for_each_team("log_softmax_backward", x.rows, x.columns, [=] __device__(Index i, const Team& team) {
    const Real* from = x.row(i);
    Real total = 0;
    for (Index c = team.lane; c < x.columns; c += team.lanes)
      total += dy(i, c);
    total = team.sum(total);
    const LogSum sum = log_sum_exp(from, x.columns, team);
    for (Index c = team.lane; c < x.columns; c += team.lanes)
      dy(i, c) -= exp_of(sum.log_softmax(from[c])) * total;
  });
}

void cross_entropy(ConstView x, const std::int32_t* label, const Real* weight, View y) {
  const auto rows = static_cast<std::size_t>(x.rows);
  Buffer terms(rows * sizeof(double), Device::cuda);
  auto* term = static_cast<double*>(terms.data());
  for_each_team("cross_entropy", x.rows, x.columns, [=] __device__(Index i, const Team& team) {
    double loss = 0;
    if (weight[i] != 0) {
      const LogSum sum = log_sum_exp(x.row(i), x.columns, team);
      loss = -double{weight[i]} * double{sum.log_softmax(x(i, label[i]))};
    }
    if (team.lane == 0) term[i] = loss;
  });
  sum_over_rows<double>(
      "cross_entropy", x.rows, 1, [=] __device__(Index i, Index) { return term[i]; }, y.data);
}

void cross_entropy_backward(ConstView x, const std::int32_t* label, const Real* weight, ConstView dy, View dx) {
  for_each_team("cross_entropy_backward", x.rows, x.columns, [=] __device__(Index i, const Team& team) {
    const Real slope = weight[i] * dy.data[0];
    if (slope == 0) {
      for (Index c = team.lane; c < x.columns; c += team.lanes)
        dx(i, c) = 0;
      return;
    }
    const LogSum sum = log_sum_exp(x.row(i), x.columns, team);
    for (Index c = team.lane; c < x.columns; c += team.lanes) {
      const Real part = slope * exp_of(sum.log_softmax(x(i, c)));
      dx(i, c) = c == label[i] ? part - slope : part;
    }
  });
}

}  // namespace mercer::cuda
