#include "backend/cuda/compare.hpp"
#include "backend/operators.hpp"

namespace mercer::test {
namespace {

std::vector<Tensor> head_dot(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1), a = operand(on, 1, s.columns(), 2);
  Tensor y = uninitialized(on, n, s.heads);
  op::head_dot(x, a, y);
  return {y};
}

std::vector<Tensor> head_dot_backward_x(Device on, Index n, Shape s) {
  const Tensor ds = operand(on, n, s.heads, 1), a = operand(on, 1, s.columns(), 2);
  Tensor dx = uninitialized(on, n, s.columns());
  op::head_dot_backward_x(ds, a, dx);
  return {dx};
}

std::vector<Tensor> head_dot_backward_a(Device on, Index n, Shape s) {
  const Tensor ds = operand(on, n, s.heads, 1), x = operand(on, n, s.columns(), 2);
  Tensor da = uninitialized(on, 1, s.columns());
  op::head_dot_backward_a(ds, x, da);
  return {da};
}

std::vector<Tensor> head_mean(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, n, s.width);
  op::head_mean(x, s.heads, y);
  return {y};
}

std::vector<Tensor> head_mean_backward(Device on, Index n, Shape s) {
  const Tensor dy = operand(on, n, s.width, 1);
  Tensor dx = uninitialized(on, n, s.columns());
  op::head_mean_backward(dy, s.heads, dx);
  return {dx};
}

OperatorCase squared_norm(const char* name, Real p) {
  return {name, Closeness::whole, [p](Device on, Index n, Shape s) {
            const Tensor x = operand(on, n, s.columns(), 1), dm = operand(on, n, s.heads, 2);
            Tensor m = uninitialized(on, n, s.heads), dx = uninitialized(on, n, s.columns());
            op::squared_norm(x, p, 3, m);
            op::squared_norm_backward(x, p, 3, dm, dx);
            return std::vector<Tensor>{m, dx};
          }};
}

template <bool centred>
std::vector<Tensor> unit_heads(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, n, s.columns()), dy = operand(on, n, s.columns(), 2);
  op::unit_heads(x, s.heads, centred, y);
  op::unit_heads_backward(x, y, s.heads, centred, dy);
  return {y, dy};
}

std::vector<Tensor> scale_heads(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1), factor = operand(on, 1, s.heads, 2);
  Tensor y = uninitialized(on, n, s.columns()), in_place = x;
  op::scale_heads(x, factor, y);
  op::scale_heads(in_place, factor, in_place);
  return {y, in_place};
}

std::vector<Tensor> scale_heads_backward_s(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1), dy = operand(on, n, s.columns(), 2);
  Tensor ds = uninitialized(on, 1, s.heads);
  op::scale_heads_backward_s(x, dy, ds);
  return {ds};
}

std::vector<Tensor> layer_norm(Device on, Index n, Shape s) {
  const Index d = s.columns();
  const Tensor x = operand(on, n, d, 1), gain = operand(on, 1, d, 2), bias = operand(on, 1, d, 3);
  Tensor y = uninitialized(on, n, d), state = uninitialized(on, n, 2), dy = operand(on, n, d, 4),
         dgain = uninitialized(on, 1, d);
  op::layer_norm(x, gain, bias, Real(1e-5), y, state);
  op::layer_norm_backward_gain(x, state, dy, dgain);
  op::layer_norm_backward(x, state, gain, dy);
  return {y, state, dgain, dy};
}

std::vector<Tensor> batch_norm(Device on, Index n, Shape s) {
  const Index d = s.columns();
  const Tensor x = operand(on, n, d, 1), gain = operand(on, 1, d, 2), bias = operand(on, 1, d, 3),
               mean = operand(on, 1, d, 4), slope = operand(on, 1, d, 5), along = operand(on, 1, d, 6);
  Tensor squares = uninitialized(on, 1, d), factor = uninitialized(on, 1, d), y = uninitialized(on, n, d),
         dy = operand(on, n, d, 7), dgain = uninitialized(on, 1, d);
  op::squares_about(x, mean, squares);
  op::inverse_root(squares, Real(1e-5), factor);
  op::batch_norm(x, mean, factor, gain, bias, y);
  op::batch_norm_backward_gain(x, mean, factor, dy, dgain);
  op::batch_norm_backward(x, mean, factor, gain, slope, along, dy);
  return {squares, factor, y, dgain, dy};
}

}  // namespace

std::vector<OperatorCase> head_cases() {
  return {
      {"head_dot", Closeness::whole, head_dot},
      {"head_dot_backward_x", Closeness::bits, head_dot_backward_x},
      {"head_dot_backward_a", Closeness::whole, head_dot_backward_a},
      {"head_mean", Closeness::each_value, head_mean},
      {"head_mean_backward", Closeness::bits, head_mean_backward},
      squared_norm("squared_norm, p = 1", 1),
      squared_norm("squared_norm, p = 2", 2),
      squared_norm("squared_norm, p = 3", 3),
      squared_norm("squared_norm, p = 1.5", Real(1.5)),
      {"unit_heads", Closeness::whole, unit_heads<false>},
      {"unit_heads, centred", Closeness::whole, unit_heads<true>},
      {"layer_norm", Closeness::whole, layer_norm},
      {"batch_norm", Closeness::whole, batch_norm},
      {"scale_heads", Closeness::bits, scale_heads},
      {"scale_heads_backward_s", Closeness::whole, scale_heads_backward_s},
  };
}

}  // namespace mercer::test
