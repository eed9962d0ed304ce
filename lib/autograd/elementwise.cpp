#include <cmath>
#include <string>

#include "autograd/result.hpp"
#include "backend/dense_ops.hpp"
#include "backend/select.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Variable add(const Variable& a, const Variable& b) {
  expect("add", {{"rows of b", b.rows(), a.rows()}, {"columns of b", b.columns(), a.columns()}});
  Tensor y = room_like(a);
  select(a.device(), cpu::add, cuda::add)(a.value(), b.value(), y);
  return Variable::record(std::move(y), {a, b}, [](std::span<Variable> in, Tensor& dy) {
    // da = db = dy; a copy only when both want it
    if (in[0].wants_grad() && in[1].wants_grad()) in[0].add_grad(dy);
    in[in[1].wants_grad() ? 1 : 0].add_grad(std::move(dy));
  });
}

Variable scale(const Variable& x, Real factor) {
  require(std::isfinite(factor), "scale", "factor: got " + std::to_string(factor) + ", want a finite number");
  Tensor y = room_like(x);
  select(x.device(), cpu::scale, cuda::scale)(x.value(), factor, y);
  return Variable::record(std::move(y), {x}, [factor](std::span<Variable> in, Tensor& dy) {
    // dx = factor · dy
    select(dy.device(), cpu::scale, cuda::scale)(dy, factor, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable multiply(const Variable& a, const Variable& b) {
  expect("multiply", {{"rows of b", b.rows(), a.rows()}, {"columns of b", b.columns(), a.columns()}});
  Tensor y = room_like(a);
  select(a.device(), cpu::multiply, cuda::multiply)(a.value(), b.value(), y);
  return Variable::record(std::move(y), {a, b}, [](std::span<Variable> in, Tensor& dy) {
    const auto times = select(dy.device(), cpu::multiply, cuda::multiply);
    // da = dy ∘ b, db = dy ∘ a
    if (in[0].wants_grad()) {
      Tensor da = room_like(in[0]);
      times(dy, in[1].value(), da);
      in[0].add_grad(std::move(da));
    }
    if (in[1].wants_grad()) {
      times(dy, in[0].value(), dy);
      in[1].add_grad(std::move(dy));
    }
  });
}

Variable shift(const Variable& x, Real constant) {
  require(std::isfinite(constant), "shift", "constant: got " + std::to_string(constant) + ", want a finite number");
  Tensor y = room_like(x);
  select(x.device(), cpu::shift, cuda::shift)(x.value(), constant, y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) { in[0].add_grad(std::move(dy)); });
}

Variable relu(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::relu, cuda::relu)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = x > 0 ? dy : 0
    select(dy.device(), cpu::relu_backward, cuda::relu_backward)(in[0].value(), dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable leaky_relu(const Variable& x, Real negative_slope) {
  require(std::isfinite(negative_slope), "leaky_relu",
          "negative_slope: got " + std::to_string(negative_slope) + ", want a finite number");
  Tensor y = room_like(x);
  select(x.device(), cpu::leaky_relu, cuda::leaky_relu)(x.value(), negative_slope, y);
  return Variable::record(std::move(y), {x}, [negative_slope](std::span<Variable> in, Tensor& dy) {
    // dx = x > 0 ? dy : slope · dy
    select(dy.device(), cpu::leaky_relu_backward, cuda::leaky_relu_backward)(in[0].value(), negative_slope, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable elu(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::elu, cuda::elu)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, const Tensor& result, Tensor& dy) {
    // dx = x > 0 ? dy : e^x dy, and e^x = y + 1
    select(dy.device(), cpu::elu_backward, cuda::elu_backward)(result, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable sigmoid(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::sigmoid, cuda::sigmoid)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, const Tensor& result, Tensor& dy) {
    // dx = y (1 − y) dy
    select(dy.device(), cpu::sigmoid_backward, cuda::sigmoid_backward)(result, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable softplus(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::softplus, cuda::softplus)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, const Tensor& result, Tensor& dy) {
    // dx = σ(x) dy, and σ(x) = 1 − e^(−y)
    select(dy.device(), cpu::softplus_backward, cuda::softplus_backward)(result, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable tanh(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::tanh, cuda::tanh)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, const Tensor& result, Tensor& dy) {
    // dx = (1 − y²) dy
    select(dy.device(), cpu::tanh_backward, cuda::tanh_backward)(result, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable exp(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::exp, cuda::exp)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, const Tensor& result, Tensor& dy) {
    // dx = e^x dy
    select(dy.device(), cpu::multiply, cuda::multiply)(dy, result, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable log(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::log, cuda::log)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = dy / x
    select(dy.device(), cpu::log_backward, cuda::log_backward)(in[0].value(), dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable abs(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::abs, cuda::abs)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = sign(x) dy
    select(dy.device(), cpu::abs_backward, cuda::abs_backward)(in[0].value(), dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable clamp(const Variable& x, Real low, Real high) {
  require(low <= high, "clamp",
          "low " + std::to_string(low) + " and high " + std::to_string(high) + ": want low ≤ high");
  Tensor y = room_like(x);
  select(x.device(), cpu::clamp, cuda::clamp)(x.value(), low, high, y);
  return Variable::record(std::move(y), {x}, [low, high](std::span<Variable> in, Tensor& dy) {
    // dx = low ≤ x ≤ high ? dy : 0
    select(dy.device(), cpu::clamp_backward, cuda::clamp_backward)(in[0].value(), low, high, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable sign(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::sign, cuda::sign)(x.value(), y);
  return Variable(std::move(y));
}

Variable normal_cdf(const Variable& x) {
  Tensor y = room_like(x);
  select(x.device(), cpu::normal_cdf, cuda::normal_cdf)(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = exp(−x²/2) / √2π dy
    select(dy.device(), cpu::normal_cdf_backward, cuda::normal_cdf_backward)(in[0].value(), dy);
    in[0].add_grad(std::move(dy));
  });
}

}  // namespace mercer
