#include <cmath>
#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_heads(const char* op, const Variable& x, Index heads) {
  require(heads >= 1, op, "heads: got " + std::to_string(heads) + ", want 1 or more");
  require(x.columns(op) % heads == 0, op,
          "columns of x: got " + std::to_string(x.columns(op)) + ", want a multiple of " + std::to_string(heads) +
              " heads");
}

}  // namespace

Variable head_dot(const Variable& x, const Variable& a, Index heads) {
  check_heads("head_dot", x, heads);
  expect("head_dot", {{"rows of a", a.rows(), 1}, {"columns of a", a.columns(), x.columns()}});
  Tensor s = uninitialized(x.rows(), heads, x);
  op::head_dot(x.value(), a.value(), s);
  return Variable::record(std::move(s), {x, a}, [](std::span<Variable> in, Tensor& ds) {
    // dx_ihc = ds_ih a_hc, da_hc = Σ_i ds_ih x_ihc
    if (in[0].wants_grad()) {
      Tensor dx = uninitialized_like(in[0]);
      op::head_dot_backward_x(ds, in[1].value(), dx);
      in[0].add_grad(std::move(dx));
    }
    if (in[1].wants_grad()) {
      Tensor da = uninitialized_like(in[1]);
      op::head_dot_backward_a(ds, in[0].value(), da);
      in[1].add_grad(std::move(da));
    }
  });
}

Variable head_mean(const Variable& x, Index heads) {
  check_heads("head_mean", x, heads);
  if (heads == 1) return x;
  Tensor y = uninitialized(x.rows(), x.columns() / heads, x);
  op::head_mean(x.value(), heads, y);
  return Variable::record(std::move(y), {x}, [heads](std::span<Variable> in, Tensor& dy) {
    // dx_ihc = dy_ic / h
    Tensor dx = uninitialized_like(in[0]);
    op::head_mean_backward(dy, heads, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable squared_norm(const Variable& x, Index heads, Real p, Real divisor) {
  check_heads("squared_norm", x, heads);
  require(p >= 1 && std::isfinite(p), "squared_norm", "p: got " + std::to_string(p) + ", want a finite number ≥ 1");
  require(divisor > 0 && std::isfinite(divisor), "squared_norm",
          "divisor: got " + std::to_string(divisor) + ", want a finite number > 0");
  Tensor m = uninitialized(x.rows(), heads, x);
  op::squared_norm(x.value(), p, divisor, m);
  return Variable::record(std::move(m), {x}, [p, divisor](std::span<Variable> in, Tensor& dm) {
    Tensor dx = uninitialized_like(in[0]);
    op::squared_norm_backward(in[0].value(), p, divisor, dm, dx);
    in[0].add_grad(std::move(dx));
  });
}

}  // namespace mercer
