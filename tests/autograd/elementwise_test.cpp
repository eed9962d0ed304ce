#include <doctest/doctest.h>

#include <limits>

#include "mercer/autograd/arithmetic.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Real not_a_number = std::numeric_limits<Real>::quiet_NaN();

}  // namespace

TEST_CASE("operands of two sizes are refused") {
  for (const auto function : {add, subtract, multiply, divide}) {
    CHECK_THROWS_AS(function(Variable(Tensor(2, 3)), Variable(Tensor(3, 2))), ShapeError);
    CHECK_THROWS_AS(function(Variable(Tensor(2, 3)), Variable(Tensor(2, 4))), ShapeError);
  }
}

TEST_CASE("one variable may be both operands") {
  const Tensor a = random_tensor(9, 3, 4);
  for (const auto function : {add, subtract, multiply, divide})
    check_gradient([function](const Variable& x) { return function(x, x); }, a);
}

TEST_CASE("activations have their limits at ±inf") {
  const Variable x(Tensor::from({{not_a_number, infinity, -infinity, 0, -1000}}));
  CHECK(relu(x).value()(0, 1) == infinity);
  CHECK(relu(x).value()(0, 2) == 0);
  CHECK(elu(x).value()(0, 1) == infinity);
  CHECK(elu(x).value()(0, 2) == -1);
  CHECK(elu(x).value()(0, 3) == 0);
  CHECK(elu(x).value()(0, 4) == -1);
}

TEST_CASE("a logarithm is −inf at 0 and NaN below, as std::log") {
  const Tensor y = log(Variable(Tensor::from({{-1, 0, -infinity, 1}}))).value();
  CHECK((std::isnan(y(0, 0)) && y(0, 1) == -infinity && std::isnan(y(0, 2)) && y(0, 3) == 0));
}

TEST_CASE("an elu of an infinite or huge operand has a defined gradient") {
  const Variable x(Tensor::from({{infinity, -infinity, 1000, -1000, 0}}), true);
  Variable y = elu(x);
  y.backward(Tensor::filled(1, 5, 2));
  CHECK(max_abs_difference(x.grad(), Tensor::from({{2, 0, 2, 0, 2}})) == 0);
}

TEST_CASE("factors, divisors and slopes must be finite") {
  const Variable x(Tensor(1, 1));
  CHECK_THROWS_AS(x / 0, ValueError);
  CHECK_THROWS_AS(x * infinity, ValueError);
  CHECK_THROWS_AS(x - not_a_number, ValueError);
  CHECK_THROWS_AS(scale(x, infinity), ValueError);
  CHECK_THROWS_AS(leaky_relu(x, not_a_number), ValueError);
}

TEST_CASE("tanh saturates without NaN, sign is a constant, and clamp wants low ≤ high") {
  const Tensor far = tanh(Variable(Tensor::from({{100, -100, infinity, -infinity, 0}}))).value();
  CHECK(same_bits(far, Tensor::from({{1, -1, 1, -1, 0}})));
  const Variable x(Tensor::from({{-3, 0, 2}}), true);
  CHECK(same_bits(sign(x).value(), Tensor::from({{-1, 0, 1}})));
  CHECK_FALSE(sign(x).wants_grad());
  CHECK_THROWS_AS(clamp(x, 1, 0), ValueError);
  CHECK_THROWS_AS(shift(x, infinity), ValueError);
}
