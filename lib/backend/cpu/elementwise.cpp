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

void relu_backward(ConstView x, View dy) {
  map(x, dy, dy, [](Real xn, Real dyn) { return xn > 0 ? dyn : Real(0); });
}
void leaky_relu_backward(ConstView x, Real negative_slope, View dy) {
  map(x, dy, dy, [negative_slope](Real xn, Real dyn) { return xn > 0 ? dyn : negative_slope * dyn; });
}
void elu_backward(ConstView y, View dy) {
  map(y, dy, dy, [](Real yn, Real dyn) { return yn > 0 ? dyn : dyn * (yn + 1); });
}

void fill(ConstView value, View y) {
  parallel_elements(y.size(), [&](Index first, Index last) { std::fill(y.data + first, y.data + last, value(0, 0)); });
}

}  // namespace mercer::cpu
