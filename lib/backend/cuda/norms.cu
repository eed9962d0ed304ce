#include <cmath>
#include <limits>

#include "backend/cuda/attend/team.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
namespace {

__device__ Real sign(Real x) { return x > 0 ? Real(1) : x < 0 ? Real(-1) : Real(0); }

/// Σ_c f(x_c)
template <class Function>
__device__ Real sum_of(const Real* x, Index d, const Team& team, Function f) {
  Real total = 0;
  for (Index c = team.lane; c < d; c += team.lanes)
    total += f(x[c]);
  return team.sum(total);
}

/// ‖x‖ₚ for any p > 1. Powers of u = |x| / largest neither overflow nor underflow:
/// ‖x‖ₚ = largest S^(1/p), S = Σ_c u_c^p.
struct PowerNorm {
  Real p, largest, sum;

  /// u^(p−1)
  __device__ Real power(Real x) const { return std::pow(std::abs(x) / largest, p - 1); }
  __device__ Real squared() const {
    const Real norm = largest * std::pow(sum, 1 / p);
    return norm * norm;
  }
  /// What all ∂‖x‖ₚ² / ∂x_c = 2 ‖x‖ₚ^(2−p) |x_c|^(p−1) sign(x_c) = 2 largest S^((2−p)/p) u_c^(p−1) sign(x_c) share.
  __device__ Real outer() const { return sum == 0 ? Real(0) : 2 * largest * std::pow(sum, (2 - p) / p); }
};

__device__ PowerNorm power_norm(const Real* x, Index d, Real p, const Team& team) {
  Real most = 0;
  for (Index c = team.lane; c < d; c += team.lanes)
    most = std::abs(x[c]) > most ? std::abs(x[c]) : most;
  most = team.largest(most);
  // a largest value of 0, inf or NaN can't divide: 1 does
  most = most > 0 && most < std::numeric_limits<Real>::infinity() ? most : Real(1);
  PowerNorm norm{p, most, 0};
  norm.sum = sum_of(x, d, team, [&](Real xc) { return std::abs(xc) / most * norm.power(xc); });
  return norm;
}

__device__ Real squared_norm_of(const Real* x, Index d, Real p, const Team& team) {
  if (p == 2) return sum_of(x, d, team, [](Real xc) { return xc * xc; });
  if (p != 1) return power_norm(x, d, p, team).squared();
  const Real size = sum_of(x, d, team, [](Real xc) { return std::abs(xc); });
  return size * size;
}

}  // namespace

void squared_norm(ConstView x, Real p, Real divisor, View m) {
  const Index heads = m.columns, d = x.columns / heads;
  for_each_team("squared_norm", x.rows * heads, d, [=] __device__(Index n, const Team& team) {
    const Real norm = squared_norm_of(x.data + n * d, d, p, team);
    if (team.lane == 0) m.data[n] = norm / divisor;
  });
}

void squared_norm_backward(ConstView x, Real p, Real divisor, ConstView dm, View dx) {
  const Index heads = dm.columns, d = x.columns / heads;
  for_each_team("squared_norm_backward", x.rows * heads, d, [=] __device__(Index n, const Team& team) {
    const Real *from = x.data + n * d, slope = dm.data[n] / divisor;
    Real* to = dx.data + n * d;
    if (p == 1 || p == 2) {
      // p = 1: 2 ‖x‖₁ sign(x_c);  p = 2: 2 x_c
      const Real size = p == 1 ? sum_of(from, d, team, [](Real xc) { return std::abs(xc); }) : Real(1);
      for (Index c = team.lane; c < d; c += team.lanes)
        to[c] = 2 * slope * size * (p == 1 ? sign(from[c]) : from[c]);
      return;
    }
    const PowerNorm norm = power_norm(from, d, p, team);
    const Real outer = slope * norm.outer();
    for (Index c = team.lane; c < d; c += team.lanes)
      to[c] = outer * norm.power(from[c]) * sign(from[c]);
  });
}

}  // namespace mercer::cuda
