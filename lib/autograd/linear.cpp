#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

Variable sparse_matmul(const std::shared_ptr<const SparseMatrix>& x, const Variable& w) {
  expect("matmul", {{"rows of w", w.rows(), x->columns()}});
  Tensor y = uninitialized(x->rows(), w.columns(), w);
  op::sparse_gemm(x->view(), w.value(), y, "matmul");
  return Variable::record(
      std::move(y), {w},
      [x](std::span<Variable> in, Tensor& dy) {
        // dW = xᵀ dy
        Tensor dw = uninitialized_like(in[0]);
        op::sparse_gemm_transposed(x->view(), dy, dw);
        in[0].add_grad(std::move(dw));
      },
      "matmul");
}

}  // namespace

Variable add_bias(const Variable& x, const Variable& bias) {
  expect("add_bias", {{"rows of the bias", bias.rows(), 1}, {"columns of the bias", bias.columns(), x.columns()}});
  Tensor y = uninitialized_like(x);
  op::add_row(x.value(), bias.value(), y);
  return Variable::record(std::move(y), {x, bias}, [](std::span<Variable> in, Tensor& dy) {
    // dx = dy, db = Σ_i dy_i
    if (in[1].wants_grad()) {
      Tensor db = uninitialized_like(in[1]);
      op::sum_of_rows(dy, db);
      in[1].add_grad(std::move(db));
    }
    in[0].add_grad(std::move(dy));
  });
}

Variable matmul(const Variable& x, const Variable& w) {
  expect("matmul", {{"rows of w", w.rows(), x.columns()}});
  Tensor y = uninitialized(x.rows(), w.columns(), x);
  op::gemm(x.value(), false, w.value(), false, y);
  return Variable::record(std::move(y), {x, w}, [](std::span<Variable> in, Tensor& dy) {
    // dx = dy Wᵀ, dW = xᵀ dy
    if (in[0].wants_grad()) {
      Tensor dx = uninitialized_like(in[0]);
      op::gemm(dy, false, in[1].value(), true, dx);
      in[0].add_grad(std::move(dx));
    }
    if (in[1].wants_grad()) {
      Tensor dw = uninitialized_like(in[1]);
      op::gemm(in[0].value(), true, dy, false, dw);
      in[1].add_grad(std::move(dw));
    }
  });
}

Variable matmul(const Input& x, const Variable& w) {
  return x.is_sparse() ? sparse_matmul(x.sparse(), w) : matmul(x.dense(), w);
}

}  // namespace mercer
