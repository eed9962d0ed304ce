#include <cmath>
#include <numbers>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cpu {
namespace {

/// y_n = f(x_n)
template <class Function>
void map(ConstView x, View y, Function f) {
  parallel_elements(x.size(), [&](Index first, Index last) {
    const Function mine = f;  // a copy: its members are loaded once, before the loop
#pragma omp simd
    for (Index n = first; n < last; ++n)
      y.data[n] = mine(x.data[n]);
  });
}

/// y_n = f(a_n, b_n)
template <class Function>
void map(ConstView a, ConstView b, View y, Function f) {
  parallel_elements(a.size(), [&](Index first, Index last) {
    const Function mine = f;  // a copy: its members are loaded once, before the loop
#pragma omp simd
    for (Index n = first; n < last; ++n)
      y.data[n] = mine(a.data[n], b.data[n]);
  });
}

/// dy_n = f(x_n, y_n, dy_n)
template <class Function>
void map_gradient(ConstView x, ConstView y, View dy, Function f) {
  parallel_elements(x.size(), [&](Index first, Index last) {
    const Function mine = f;  // a copy: its members are loaded once, before the loop
#pragma omp simd
    for (Index n = first; n < last; ++n)
      dy.data[n] = mine(x.data[n], y.data[n], dy.data[n]);
  });
}

}  // namespace

#include "backend/elementwise.inc"

void fill(ConstView value, View y) {
  parallel_elements(y.size(), [&](Index first, Index last) { std::fill(y.data + first, y.data + last, value(0, 0)); });
}

}  // namespace mercer::cpu
