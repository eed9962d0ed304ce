#include "backend/cuda/compare.hpp"
#include "backend/operators.hpp"

namespace mercer::test {
namespace {

/// c [n, heads] = op(a) op(b) with a shape's width as inner dimension; then c [heads, n], flat.
template <bool transpose_a, bool transpose_b>
std::vector<Tensor> gemm(Device on, Index n, Shape s) {
  const auto run = [=](Index rows, Index inner, Index columns) {
    const Tensor a = transpose_a ? operand(on, inner, rows, 1) : operand(on, rows, inner, 1);
    const Tensor b = transpose_b ? operand(on, columns, inner, 2) : operand(on, inner, columns, 2);
    Tensor c = uninitialized(on, rows, columns);
    op::gemm(a, transpose_a, b, transpose_b, c);
    return c;
  };
  return {run(n, s.width, 17 * s.heads), run(s.columns(), n, s.width), run(s.heads, s.width, n)};
}

std::vector<Tensor> head_matmul(Device on, Index n, Shape s) {
  const Index M = s.width + 3;
  const Tensor x = operand(on, n, s.columns(), 1), w = operand(on, s.columns(), M, 2);
  Tensor u = uninitialized(on, n, s.heads * M);
  op::head_matmul(x, w, s.heads, u);
  return {u};
}

std::vector<Tensor> head_matmul_backward(Device on, Index n, Shape s) {
  const Index M = s.width + 3;
  const Tensor x = operand(on, n, s.columns(), 1), w = operand(on, s.columns(), M, 2);
  const Tensor du = operand(on, n, s.heads * M, 3);
  Tensor dx = uninitialized(on, n, s.columns()), dw = uninitialized(on, s.columns(), M);
  op::head_matmul_backward(x, w, s.heads, du, dx, dw);
  return {dx, dw};
}

std::vector<Tensor> transpose_heads(Device on, Index n, Shape s) {
  const Tensor x = operand(on, s.heads * n, s.width, 1);
  Tensor y = uninitialized(on, s.columns(), n);
  op::transpose_heads(x, s.heads, y);
  return {y};
}

std::vector<Tensor> turn_back(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, 2 * s.columns(), 1), a = operand(on, 1, 2 * s.columns(), 2);
  Tensor y = uninitialized(on, n, 2 * s.columns());
  op::turn_back(x, a, s.heads, y);
  return {y};
}

std::vector<Tensor> turn_back_backward(Device on, Index n, Shape s) {
  const Index columns = 2 * s.columns();
  const Tensor x = operand(on, n, columns, 1), a = operand(on, 1, columns, 2), dy = operand(on, n, columns, 3);
  Tensor dx = uninitialized(on, n, columns), da = uninitialized(on, 1, columns);
  op::turn_back_backward(x, a, s.heads, dy, dx, da);
  return {dx, da};
}

}  // namespace

std::vector<OperatorCase> product_cases() {
  return {
      {"gemm", Closeness::whole, gemm<false, false>},
      {"gemm, aᵀ", Closeness::whole, gemm<true, false>},
      {"gemm, bᵀ", Closeness::whole, gemm<false, true>},
      {"gemm, aᵀ, bᵀ", Closeness::whole, gemm<true, true>},
      {"head_matmul", Closeness::whole, head_matmul},
      {"head_matmul_backward", Closeness::whole, head_matmul_backward},
      {"transpose_heads", Closeness::bits, transpose_heads},
      {"turn_back", Closeness::whole, turn_back},
      {"turn_back_backward", Closeness::whole, turn_back_backward},
  };
}

}  // namespace mercer::test
