#include <cmath>
#include <numbers>

#include "backend/cuda/math.cuh"
#include "backend/cuda/runtime/launch.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
namespace {

/// y_n = f(x_n)
template <class Function>
void map(ConstView x, View y, Function f, const char* op = __builtin_FUNCTION()) {
  for_each(op, x.size(), [=] MERCER_HD(Index n) { y.data[n] = f(x.data[n]); });
}

/// y_n = f(a_n, b_n)
template <class Function>
void map(ConstView a, ConstView b, View y, Function f, const char* op = __builtin_FUNCTION()) {
  for_each(op, a.size(), [=] MERCER_HD(Index n) { y.data[n] = f(a.data[n], b.data[n]); });
}

/// dy_n = f(x_n, y_n, dy_n)
template <class Function>
void map_gradient(ConstView x, ConstView y, View dy, Function f, const char* op = __builtin_FUNCTION()) {
  for_each(op, x.size(), [=] MERCER_HD(Index n) { dy.data[n] = f(x.data[n], y.data[n], dy.data[n]); });
}

}  // namespace

#include "backend/elementwise.inc"

void fill(ConstView value, View y) {
  for_each("fill", y.size(), [=] MERCER_HD(Index n) { y.data[n] = value.data[0]; });
}

}  // namespace mercer::cuda
