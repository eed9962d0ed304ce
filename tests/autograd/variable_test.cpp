#include "mercer/autograd/variable.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/gradient_check.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a shared subexpression collects the gradients of all its uses, once") {
  const Variable x(Tensor::from({{3}}), true);
  const Variable square = multiply(x, x);
  int runs = 0;
  const Variable counted = Variable::record(square.value(), {square}, [&runs](std::span<Variable> in, Tensor& dy) {
    ++runs;
    in[0].add_grad(dy);
  });
  Variable y = add(multiply(counted, counted), scale(counted, 5));  // x⁴ + 5x²
  y.backward();
  CHECK(x.grad()(0, 0) == 4 * 27 + 10 * 3);
  CHECK(runs == 1);
}

TEST_CASE("gradients add up over several backward passes until they are cleared") {
  Variable x(Tensor::from({{2, -1}}), true);
  sum(multiply(x, x)).backward();
  sum(multiply(x, x)).backward();
  CHECK(max_abs_difference(x.grad(), Tensor::from({{8, -4}})) == 0);
  x.clear_grad();
  CHECK_FALSE(x.has_grad());
  CHECK(x.grad().empty());
  sum(x).backward();
  CHECK(max_abs_difference(x.grad(), Tensor::from({{1, 1}})) == 0);
}

TEST_CASE("a result keeps its seed, though the backward pass changes gradients in place") {
  const Variable x(Tensor::from({{-2, 3}}), true);
  Variable y = relu(x);
  const Tensor seed = Tensor::from({{5, 7}});
  y.backward(seed);
  CHECK(max_abs_difference(y.grad(), seed) == 0);
  CHECK(max_abs_difference(x.grad(), Tensor::from({{0, 7}})) == 0);
}

TEST_CASE("both operands of a sum get their own gradient") {
  const Variable a(Tensor::from({{1, 2}}), true), b(Tensor::from({{3, 4}}), true);
  // relu changes the first operand's gradient in place, which must not change the second's
  sum(add(relu(scale(a, -1)), b)).backward();
  CHECK(max_abs_difference(a.grad(), Tensor::from({{0, 0}})) == 0);
  CHECK(max_abs_difference(b.grad(), Tensor::from({{1, 1}})) == 0);
}

TEST_CASE("NoGrad records nothing, also when it ends by an exception, and nests") {
  const Variable x(Tensor::from({{2}}), true);
  try {
    const NoGrad outer;
    { const NoGrad inner; }
    CHECK_FALSE(multiply(x, x).wants_grad());
    throw 1;
  } catch (int) {
  }
  CHECK(multiply(x, x).wants_grad());
}

TEST_CASE("nothing is recorded when no operand wants a gradient") {
  const auto held = std::make_shared<int>(1);
  const Variable x(Tensor::from({{2}}));
  const Variable y = Variable::record(x.value(), {x}, [held](std::span<Variable>, Tensor&) {});
  CHECK(held.use_count() == 1);
  CHECK_FALSE(y.wants_grad());
  CHECK_THROWS_AS(Variable(y).backward(), ValueError);
}

TEST_CASE("the backward pass frees the tape") {
  const auto held = std::make_shared<int>(1);
  const Variable x(Tensor::from({{2}}), true);
  Variable middle =
      Variable::record(x.value(), {x}, [held](std::span<Variable> in, Tensor& dy) { in[0].add_grad(dy); });
  Variable y = scale(middle, 3);
  CHECK(held.use_count() == 2);
  y.backward();
  CHECK(held.use_count() == 1);
  CHECK_FALSE(middle.has_grad());
  CHECK(x.grad()(0, 0) == 3);
}

TEST_CASE("an undefined operand is an error where it is needed and nothing where it is optional") {
  const Variable none;
  CHECK_FALSE(none.defined());
  CHECK_FALSE(none.wants_grad());
  CHECK_FALSE(none.has_grad());
  CHECK_THROWS_AS(none.value(), ValueError);
  Variable undefined;
  CHECK_THROWS_WITH_AS(undefined.mutable_value(), doctest::Contains("[mutable_value] operand"), ValueError);
  const auto of_a_lambda = [&] { return none.value().rows(); };
  CHECK_THROWS_WITH_AS(of_a_lambda(), "[Variable] operand: got an undefined variable, want one with a value",
                       ValueError);
  const Variable x(Tensor::from({{1, 2}}), true);
  CHECK_THROWS_WITH_AS(add(x, none), "[add] operand: got an undefined variable, want one with a value", ValueError);
  CHECK_THROWS_WITH_AS(matmul(none, x), doctest::Contains("[matmul] operand"), ValueError);
  Variable y = Variable::record(x.value(), {x, none}, [](std::span<Variable> in, Tensor& dy) {
    in[1].add_grad(dy);
    in[0].add_grad(dy);
  });
  y.backward(Tensor::from({{1, 1}}));
  CHECK(max_abs_difference(x.grad(), Tensor::from({{1, 1}})) == 0);
}

TEST_CASE("only a [1, 1] result goes back without a seed, and a gradient has its variable's size") {
  Variable x(Tensor(2, 2), true);
  CHECK_THROWS_AS(scale(x, 2).backward(), ShapeError);
  CHECK_THROWS_AS(x.add_grad(Tensor(2, 3)), ShapeError);
}

TEST_CASE("the gradient check sees a wrong gradient, a missing one and NaN") {
  const auto wrong = [](Real factor) {
    return [factor](const Variable& x) {
      return Variable::record(x.value(), {x}, [factor](std::span<Variable> in, Tensor& dy) {
        in[0].add_grad(scale(Variable(dy), factor).value());
      });
    };
  };
  const Tensor x = random_tensor(3, 4);
  CHECK(gradient_gap_of(wrong(1), x) < Real(1e-2));
  CHECK(gradient_gap_of(wrong(Real(1.5)), x) > Real(0.1));
  const auto missing = [](const Variable& a) {
    return Variable::record(a.value(), {a}, [](std::span<Variable>, Tensor&) {});
  };
  CHECK(gradient_gap_of(missing, x) > Real(0.4));
  const auto undefined = [](const Variable& a) {
    return Variable::record(a.value(), {a}, [](std::span<Variable> in, Tensor& dy) {
      in[0].add_grad(Tensor::filled(dy.rows(), dy.columns(), std::numeric_limits<Real>::quiet_NaN()));
    });
  };
  const Real gap = gradient_gap_of(undefined, x);
  CHECK(gap != gap);
}
