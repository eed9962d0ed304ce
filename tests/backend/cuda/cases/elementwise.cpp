#include <cmath>
#include <limits>

#include "backend/cuda/compare.hpp"
#include "backend/dense_ops.hpp"
#include "backend/select.hpp"

namespace mercer::test {
namespace {

/// Random values, every fifth one a special one; without negative ones when `positive`.
Tensor special(Device on, Index rows, Index columns, bool positive = false) {
  constexpr Real infinity = std::numeric_limits<Real>::infinity();
  const Real values[] = {0, Real(-0.0), 1, -1, 30, -30, 90, -90, infinity, -infinity, std::nanf("")};
  Tensor x = operand(Device::cpu, rows, columns, 1);
  for (Index n = 0; n < x.size(); n += 5)
    x.data()[n] = values[n / 5 % 11];
  if (positive)
    for (Real& value : x.values())
      value = std::abs(value);
  return x.to(on);
}

using Map = void(ConstView, View);

OperatorCase one_to_one(const char* name, Map* on_cpu, Map* on_cuda, bool positive = false) {
  return {name, Closeness::each_value, [=](Device on, Index n, Shape s) {
            const Tensor x = special(on, n, s.columns(), positive);
            Tensor y = operand(on, n, s.columns(), 2);  // a gradient, for the backward ones
            select(on, on_cpu, on_cuda)(x, y);
            return std::vector<Tensor>{y};
          }};
}

using MapTwo = void(ConstView, ConstView, View);

OperatorCase two_to_one(const char* name, MapTwo* on_cpu, MapTwo* on_cuda) {
  return {name, Closeness::bits, [=](Device on, Index n, Shape s) {
            const Tensor a = operand(on, n, s.columns(), 1), b = operand(on, n, s.columns(), 2);
            Tensor y = room(on, n, s.columns());
            select(on, on_cpu, on_cuda)(a, b, y);
            return std::vector<Tensor>{y};
          }};
}

using MapWith = void(ConstView, Real, View);

OperatorCase with_constant(const char* name, MapWith* on_cpu, MapWith* on_cuda) {
  return {name, Closeness::each_value, [=](Device on, Index n, Shape s) {
            const Tensor x = special(on, n, s.columns());
            Tensor y = operand(on, n, s.columns(), 2);
            select(on, on_cpu, on_cuda)(x, Real(0.3), y);
            return std::vector<Tensor>{y};
          }};
}

using Clamp = void(ConstView, Real, Real, View);

OperatorCase between(const char* name, Clamp* on_cpu, Clamp* on_cuda) {
  return {name, Closeness::bits, [=](Device on, Index n, Shape s) {
            const Tensor x = operand(on, n, s.columns(), 1);
            Tensor y = operand(on, n, s.columns(), 2);
            select(on, on_cpu, on_cuda)(x, Real(-0.5), Real(0.7), y);
            return std::vector<Tensor>{y};
          }};
}

std::vector<Tensor> fill(Device on, Index n, Shape s) {
  const Tensor value = operand(on, 1, 1, 1);
  Tensor y = room(on, n, s.columns());
  select(on, cpu::fill, cuda::fill)(value, y);
  return {y};
}

}  // namespace

std::vector<OperatorCase> elementwise_cases() {
  return {
      one_to_one("add_to", cpu::add_to, cuda::add_to),
      two_to_one("add", cpu::add, cuda::add),
      two_to_one("multiply", cpu::multiply, cuda::multiply),
      with_constant("scale", cpu::scale, cuda::scale),
      with_constant("shift", cpu::shift, cuda::shift),
      one_to_one("relu", cpu::relu, cuda::relu),
      with_constant("leaky_relu", cpu::leaky_relu, cuda::leaky_relu),
      one_to_one("elu", cpu::elu, cuda::elu),
      one_to_one("tanh", cpu::tanh, cuda::tanh),
      one_to_one("exp", cpu::exp, cuda::exp),
      one_to_one("log", cpu::log, cuda::log, true),
      one_to_one("abs", cpu::abs, cuda::abs),
      between("clamp", cpu::clamp, cuda::clamp),
      one_to_one("normal_cdf", cpu::normal_cdf, cuda::normal_cdf),
      one_to_one("sign", cpu::sign, cuda::sign),
      one_to_one("sigmoid", cpu::sigmoid, cuda::sigmoid),
      one_to_one("softplus", cpu::softplus, cuda::softplus),
      one_to_one("relu_backward", cpu::relu_backward, cuda::relu_backward),
      with_constant("leaky_relu_backward", cpu::leaky_relu_backward, cuda::leaky_relu_backward),
      one_to_one("elu_backward", cpu::elu_backward, cuda::elu_backward),
      one_to_one("tanh_backward", cpu::tanh_backward, cuda::tanh_backward),
      one_to_one("log_backward", cpu::log_backward, cuda::log_backward),
      one_to_one("abs_backward", cpu::abs_backward, cuda::abs_backward),
      between("clamp_backward", cpu::clamp_backward, cuda::clamp_backward),
      one_to_one("normal_cdf_backward", cpu::normal_cdf_backward, cuda::normal_cdf_backward),
      one_to_one("sigmoid_backward", cpu::sigmoid_backward, cuda::sigmoid_backward),
      one_to_one("softplus_backward", cpu::softplus_backward, cuda::softplus_backward, true),
      {"fill", Closeness::bits, fill},
  };
}

}  // namespace mercer::test
