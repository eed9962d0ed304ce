#include <doctest/doctest.h>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Tensor product(const Tensor& a, const Tensor& b) {
  Tensor c(a.rows(), b.columns());
  for (Index i = 0; i < c.rows(); ++i)
    for (Index j = 0; j < c.columns(); ++j) {
      double total = 0;
      for (Index k = 0; k < a.columns(); ++k)
        total += double{a(i, k)} * double{b(k, j)};
      c(i, j) = static_cast<Real>(total);
    }
  return c;
}

Tensor transposed(const Tensor& a) {
  Tensor b(a.columns(), a.rows());
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < a.columns(); ++j)
      b(j, i) = a(i, j);
  return b;
}

std::shared_ptr<const SparseMatrix> shared(SparseMatrix x) {
  return std::make_shared<const SparseMatrix>(std::move(x));
}

}  // namespace

TEST_CASE("matmul by definition, at all sizes of each dimension") {
  for (const Index n : sizes)
    for (const Index k : sizes)
      for (const Index m : {Index{0}, Index{1}, Index{8}, Index{33}}) {
        CAPTURE(n);
        CAPTURE(k);
        CAPTURE(m);
        const Tensor x = random_tensor(n, k, 1), w = random_tensor(k, m, 2);
        CHECK(max_abs_difference(matmul(Variable(x), Variable(w)).value(), product(x, w)) < 10 * rounding);
      }
}

TEST_CASE("gradients of matmul, for either operand and for both") {
  for (const auto& [n, k, m] :
       {std::array<Index, 3>{0, 3, 2}, {3, 0, 2}, {1, 1, 1}, {9, 8, 7}, {7, 31, 2}, {2, 3, 33}}) {
    const Tensor x = random_tensor(n, k, 1), w = random_tensor(k, m, 2);
    const auto f = static_cast<Variable (*)(const Variable&, const Variable&)>(matmul);
    check_gradient(f, x, w);
    check_gradient([&](const Variable& a) { return matmul(a, Variable(w)); }, x);
    check_gradient([&](const Variable& a) { return matmul(Variable(x), a); }, w);
  }
}

TEST_CASE("the gradient of a tall matmul, which is cut along its rows, is xᵀ dy") {
  for (const Index n : {Index{1023}, Index{1024}, Index{2000}}) {
    const Tensor x = random_tensor(n, 17, 1), dy = random_tensor(n, 7, 3);
    const Variable w(random_tensor(17, 7, 2), true);
    Variable y = matmul(Variable(x), w);
    y.backward(dy);
    CHECK(max_abs_difference(w.grad(), product(transposed(x), dy)) < 100 * rounding);
  }
}

TEST_CASE("a sparse operand gives the value and the gradient of its dense form") {
  for (const Index n : sizes)
    for (const Index f : {Index{0}, Index{1}, Index{9}, Index{40}})
      for (const Index d : {Index{0}, Index{1}, Index{3}, Index{4}, Index{7}, Index{8}, Index{31}, Index{33}, Index{64},
                            Index{100}, Index{135}}) {
        CAPTURE(n);
        CAPTURE(f);
        CAPTURE(d);
        const auto x = shared(random_sparse(n, f));
        const Variable w(random_tensor(f, d, 2), true);
        Variable y = matmul(Input(x), w);
        CHECK(max_abs_difference(y.value(), product(x->to_dense(), w.value())) < 10 * rounding);
        Tensor dy = random_tensor(n, d, 3);
        for (Index i = 0; i < n; i += 3)
          for (Index c = 0; c < d; ++c)
            dy(i, c) = 0;  // rows that the loops may skip
        y.backward(dy);
        CHECK(max_abs_difference(w.grad(), product(transposed(x->to_dense()), dy)) < 10 * rounding);
      }
}

TEST_CASE("gradient of a sparse matmul by differences") {
  const auto x = shared(random_sparse(9, 12));
  check_gradient([&](const Variable& w) { return matmul(Input(x), w); }, random_tensor(12, 9));
}

TEST_CASE("a dense input is a variable like any other") {
  const Tensor x = random_tensor(4, 3), w = random_tensor(3, 2);
  const Input input{Variable(x)};
  CHECK_FALSE(input.is_sparse());
  CHECK(input.rows() == 4);
  CHECK(input.columns() == 3);
  CHECK(same_bits(matmul(input, Variable(w)).value(), matmul(Variable(x), Variable(w)).value()));
}

TEST_CASE("add_bias adds the bias to every row; its gradient sums the rows") {
  for (const Index n : sizes)
    for (const Index d : {Index{0}, Index{1}, Index{9}, Index{33}}) {
      const Tensor x = random_tensor(n, d, 1), b = random_tensor(1, d, 2);
      const Tensor y = add_bias(Variable(x), Variable(b)).value();
      for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < d; ++c)
          CHECK(y(i, c) == x(i, c) + b(0, c));
    }
  check_gradient(add_bias, random_tensor(5, 9), random_tensor(1, 9));
  check_gradient(add_bias, random_tensor(0, 3), random_tensor(1, 3));

  const Variable b(Tensor(1, 2), true);  // many blocks of rows
  Variable y = add_bias(Variable(Tensor(40000, 2)), b);
  y.backward(Tensor::filled(40000, 2, 1));
  CHECK(max_abs_difference(b.grad(), Tensor::filled(1, 2, 40000)) == 0);
}

TEST_CASE("operands that don't fit are refused with both sizes") {
  const Variable x(Tensor(4, 3));
  CHECK_THROWS_WITH_AS(matmul(x, Variable(Tensor(2, 5))), doctest::Contains("[matmul] rows of w: got 2, want 3"),
                       ShapeError);
  CHECK_THROWS_AS(matmul(Input(shared(random_sparse(4, 3))), Variable(Tensor(4, 2))), ShapeError);
  CHECK_THROWS_AS(add_bias(x, Variable(Tensor(1, 4))), ShapeError);
  CHECK_THROWS_AS(add_bias(x, Variable(Tensor(4, 3))), ShapeError);
}
