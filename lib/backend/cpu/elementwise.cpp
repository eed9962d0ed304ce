#include <cmath>
#include <numbers>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

/// y_n = f(x_n)
template <class Function>
void map(ConstView x, View y, Function f) {
  parallel_elements(x.size(), [&](Index first, Index last) {
#pragma omp simd
    for (Index n = first; n < last; ++n)
      y.data[n] = f(x.data[n]);
  });
}

/// y_n = f(a_n, b_n)
template <class Function>
void map(ConstView a, ConstView b, View y, Function f) {
  parallel_elements(a.size(), [&](Index first, Index last) {
#pragma omp simd
    for (Index n = first; n < last; ++n)
      y.data[n] = f(a.data[n], b.data[n]);
  });
}

}  // namespace

void add_to(ConstView x, View y) {
  map(x, y, y, [](Real xn, Real yn) { return yn + xn; });
}
void add(ConstView a, ConstView b, View y) {
  map(a, b, y, [](Real an, Real bn) { return an + bn; });
}
void multiply(ConstView a, ConstView b, View y) {
  map(a, b, y, [](Real an, Real bn) { return an * bn; });
}
void scale(ConstView x, Real factor, View y) {
  map(x, y, [factor](Real xn) { return factor * xn; });
}
void shift(ConstView x, Real constant, View y) {
  map(x, y, [constant](Real xn) { return xn + constant; });
}

// Written so that NaN stays NaN.
void relu(ConstView x, View y) {
  map(x, y, [](Real xn) { return xn < 0 ? Real(0) : xn; });
}
void leaky_relu(ConstView x, Real negative_slope, View y) {
  map(x, y, [negative_slope](Real xn) { return xn > 0 ? xn : negative_slope * xn; });
}
void elu(ConstView x, View y) {
  map(x, y, [](Real xn) { return xn > 0 ? xn : exp_minus_1_of(xn); });
}
void tanh(ConstView x, View y) {
  map(x, y, [](Real xn) {
    const Real t = exp_minus_1_of(-2 * std::abs(xn));  // in (−1, 0]: nothing overflows
    return std::copysign(-t / (t + 2), xn);
  });
}
void exp(ConstView x, View y) {
  map(x, y, [](Real xn) { return exp_of(xn); });
}
void log(ConstView x, View y) {
  map(x, y, [](Real xn) { return log_of(xn); });
}
void abs(ConstView x, View y) {
  map(x, y, [](Real xn) { return std::abs(xn); });
}
void clamp(ConstView x, Real low, Real high, View y) {
  map(x, y, [low, high](Real xn) { return xn < low ? low : (xn > high ? high : xn); });
}
void normal_cdf(ConstView x, View y) {
  map(x, y, [](Real xn) { return std::erfc(-xn * (std::numbers::sqrt2_v<Real> / 2)) / 2; });
}

void sign(ConstView x, View y) {
  map(x, y, [](Real xn) { return xn > 0 ? Real(1) : (xn < 0 ? Real(-1) : Real(0)); });
}

void relu_backward(ConstView x, View dy) {
  map(x, dy, dy, [](Real xn, Real dyn) { return xn > 0 ? dyn : Real(0); });
}
void leaky_relu_backward(ConstView x, Real negative_slope, View dy) {
  map(x, dy, dy, [negative_slope](Real xn, Real dyn) { return xn > 0 ? dyn : negative_slope * dyn; });
}
void elu_backward(ConstView y, View dy) {
  map(y, dy, dy, [](Real yn, Real dyn) { return yn > 0 ? dyn : dyn * (yn + 1); });
}
void tanh_backward(ConstView y, View dy) {
  map(y, dy, dy, [](Real yn, Real dyn) { return dyn * (1 - yn * yn); });
}
void log_backward(ConstView x, View dy) {
  map(x, dy, dy, [](Real xn, Real dyn) { return dyn / xn; });
}
void abs_backward(ConstView x, View dy) {
  map(x, dy, dy, [](Real xn, Real dyn) { return xn > 0 ? dyn : (xn < 0 ? -dyn : Real(0)); });
}
void clamp_backward(ConstView x, Real low, Real high, View dy) {
  map(x, dy, dy, [low, high](Real xn, Real dyn) { return xn < low || xn > high ? Real(0) : dyn; });
}
void normal_cdf_backward(ConstView x, View dy) {
  constexpr Real peak = std::numbers::inv_sqrtpi_v<Real> * (std::numbers::sqrt2_v<Real> / 2);  // 1 / √2π
  map(x, dy, dy, [](Real xn, Real dyn) { return dyn * peak * exp_of(-xn * xn / 2); });
}

// Both without overflow: e^(−|x|) ≤ 1.
void sigmoid(ConstView x, View y) {
  map(x, y, [](Real xn) {
    const Real tail = exp_of(xn > 0 ? -xn : xn);
    return (xn > 0 ? Real(1) : tail) / (1 + tail);
  });
}
void softplus(ConstView x, View y) {
  map(x, y, [](Real xn) { return (xn > 0 ? xn : Real(0)) + std::log1p(exp_of(xn > 0 ? -xn : xn)); });
}
void sigmoid_backward(ConstView y, View dy) {
  map(y, dy, dy, [](Real yn, Real dyn) { return dyn * yn * (1 - yn); });
}
void softplus_backward(ConstView y, View dy) {
  map(y, dy, dy, [](Real yn, Real dyn) { return -dyn * exp_minus_1_of(-yn); });
}

void fill(ConstView value, View y) {
  parallel_elements(y.size(), [&](Index first, Index last) { std::fill(y.data + first, y.data + last, value(0, 0)); });
}

}  // namespace mercer::cpu
