#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_divides(const char* op, const char* what, Index got, Index parts) {
  require(parts >= 1 && got % parts == 0, op,
          std::string(what) + ": got " + std::to_string(got) + ", want a multiple of " + std::to_string(parts));
}

}  // namespace

Variable head_matmul(const Variable& x, const Variable& w, Index heads) {
  check_divides("head_matmul", "columns of x", x.columns(), heads);
  expect("head_matmul", {{"rows of w", w.rows(), x.columns()}});
  Tensor u = uninitialized(x.rows(), heads * w.columns(), x);
  op::head_matmul(x.value(), w.value(), heads, u);
  return Variable::record(std::move(u), {x, w}, [heads](std::span<Variable> in, Tensor& du) {
    // dx_ih = du_ih W_hᵀ, dW_h = Σ_i x_ihᵀ du_ih
    Tensor dx = uninitialized_like(in[0]), dw = uninitialized_like(in[1]);
    op::head_matmul_backward(in[0].value(), in[1].value(), heads, du, dx, dw);
    in[0].add_grad(std::move(dx));
    in[1].add_grad(std::move(dw));
  });
}

Variable transpose_heads(const Variable& x, Index heads) {
  check_divides("transpose_heads", "rows of x", x.rows(), heads);
  Tensor y = uninitialized(heads * x.columns(), x.rows() / heads, x);
  op::transpose_heads(x.value(), heads, y);
  return Variable::record(std::move(y), {x}, [heads](std::span<Variable> in, Tensor& dy) {
    Tensor dx = uninitialized_like(in[0]);
    op::transpose_heads(dy, heads, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable turn_back(const Variable& x, const Variable& a, Index heads) {
  check_divides("turn_back", "columns of x", x.columns(), 2 * heads);
  expect("turn_back", {{"rows of a", a.rows(), 1}, {"columns of a", a.columns(), x.columns()}});
  Tensor y = uninitialized_like(x);
  op::turn_back(x.value(), a.value(), heads, y);
  return Variable::record(std::move(y), {x, a}, [heads](std::span<Variable> in, Tensor& dy) {
    // of y = a conj(x): dx = a conj(dy), da = Σ_i x_i dy_i
    Tensor dx = uninitialized_like(in[0]), da = uninitialized_like(in[1]);
    op::turn_back_backward(in[0].value(), in[1].value(), heads, dy, dx, da);
    in[0].add_grad(std::move(dx));
    in[1].add_grad(std::move(da));
  });
}

}  // namespace mercer
