#include <cmath>
#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

template <const auto& value, const auto& gradient>
Variable unary(const Variable& x, const char* name) {
  Tensor y = uninitialized_like(x, name);
  value(x.value(), y, name);
  return Variable::record(
      std::move(y), {x},
      [](std::span<Variable> in, const Tensor& result, Tensor& dy) {
        // dx = f'(x) dy
        gradient(in[0].value(), result, dy);
        in[0].add_grad(std::move(dy));
      },
      name);
}

}  // namespace

#define MERCER_UNARY(name, ...) \
  Variable name(const Variable& x) { return unary<op::name, op::name##_backward>(x, #name); }
#include "mercer/tensor/unary.inc"
#undef MERCER_UNARY

Variable add(const Variable& a, const Variable& b) {
  expect("add", {{"rows of b", b.rows(), a.rows()}, {"columns of b", b.columns(), a.columns()}});
  Tensor y = uninitialized_like(a);
  op::add(a.value(), b.value(), y);
  return Variable::record(std::move(y), {a, b}, [](std::span<Variable> in, Tensor& dy) {
    // da = db = dy; a copy only when both need it
    if (in[0].wants_grad() && in[1].wants_grad()) in[0].add_grad(dy);
    in[in[1].wants_grad() ? 1 : 0].add_grad(std::move(dy));
  });
}

Variable scale(const Variable& x, Real factor) {
  require(std::isfinite(factor), "scale", "factor: got " + std::to_string(factor) + ", want a finite number");
  Tensor y = uninitialized_like(x);
  op::scale(x.value(), factor, y);
  return Variable::record(std::move(y), {x}, [factor](std::span<Variable> in, Tensor& dy) {
    // dx = factor · dy
    op::scale(dy, factor, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable multiply(const Variable& a, const Variable& b) {
  expect("multiply", {{"rows of b", b.rows(), a.rows()}, {"columns of b", b.columns(), a.columns()}});
  Tensor y = uninitialized_like(a);
  op::multiply(a.value(), b.value(), y);
  return Variable::record(std::move(y), {a, b}, [](std::span<Variable> in, Tensor& dy) {
    // da = dy ∘ b, db = dy ∘ a
    if (in[0].wants_grad()) {
      Tensor da = uninitialized_like(in[0]);
      op::multiply(dy, in[1].value(), da);
      in[0].add_grad(std::move(da));
    }
    if (in[1].wants_grad()) {
      op::multiply(dy, in[0].value(), dy);
      in[1].add_grad(std::move(dy));
    }
  });
}

Variable subtract(const Variable& a, const Variable& b) {
  expect("subtract", {{"rows of b", b.rows(), a.rows()}, {"columns of b", b.columns(), a.columns()}});
  Tensor y = uninitialized_like(a);
  op::subtract(a.value(), b.value(), y);
  return Variable::record(std::move(y), {a, b}, [](std::span<Variable> in, Tensor& dy) {
    // da = dy, db = −dy
    if (in[1].wants_grad()) {
      Tensor db = uninitialized_like(in[1]);
      op::scale(dy, -1, db);
      in[1].add_grad(std::move(db));
    }
    in[0].add_grad(std::move(dy));
  });
}

Variable divide(const Variable& a, const Variable& b) {
  expect("divide", {{"rows of b", b.rows(), a.rows()}, {"columns of b", b.columns(), a.columns()}});
  Tensor y = uninitialized_like(a);
  op::divide(a.value(), b.value(), y);
  return Variable::record(std::move(y), {a, b}, [](std::span<Variable> in, const Tensor& y, Tensor& dy) {
    // da = dy / b, db = −dy y / b
    if (in[0].wants_grad()) {
      Tensor da = uninitialized_like(in[0]);
      op::divide(dy, in[1].value(), da);
      in[0].add_grad(std::move(da));
    }
    if (in[1].wants_grad()) {
      op::divide_backward_b(in[1].value(), y, dy);
      in[1].add_grad(std::move(dy));
    }
  });
}

Variable shift(const Variable& x, Real constant) {
  require(std::isfinite(constant), "shift", "constant: got " + std::to_string(constant) + ", want a finite number");
  Tensor y = uninitialized_like(x);
  op::shift(x.value(), constant, y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) { in[0].add_grad(std::move(dy)); });
}

Variable leaky_relu(const Variable& x, Real negative_slope) {
  require(std::isfinite(negative_slope), "leaky_relu",
          "negative_slope: got " + std::to_string(negative_slope) + ", want a finite number");
  Tensor y = uninitialized_like(x);
  op::leaky_relu(x.value(), negative_slope, y);
  return Variable::record(std::move(y), {x}, [negative_slope](std::span<Variable> in, Tensor& dy) {
    // dx = x > 0 ? dy : slope · dy
    op::leaky_relu_backward(in[0].value(), negative_slope, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable clamp(const Variable& x, Real low, Real high) {
  require(low <= high, "clamp",
          "low " + std::to_string(low) + " and high " + std::to_string(high) + ": want low ≤ high");
  Tensor y = uninitialized_like(x);
  op::clamp(x.value(), low, high, y);
  return Variable::record(std::move(y), {x}, [low, high](std::span<Variable> in, Tensor& dy) {
    // dx = low ≤ x ≤ high ? dy : 0
    op::clamp_backward(in[0].value(), low, high, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable sign(const Variable& x) {
  Tensor y = uninitialized_like(x);
  op::sign(x.value(), y);
  return Variable(std::move(y));
}

}  // namespace mercer
