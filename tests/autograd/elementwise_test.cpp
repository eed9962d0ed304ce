#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Real not_a_number = std::numeric_limits<Real>::quiet_NaN();

struct Unary {
  const char* name;
  std::function<Variable(const Variable&)> function;
  std::function<double(double)> definition;
};
const std::vector<Unary> unaries{
    {"scale", [](const Variable& x) { return scale(x, Real(-2.5)); }, [](double x) { return -2.5 * x; }},
    {"relu", relu, [](double x) { return std::max(x, 0.0); }},
    {"leaky_relu", [](const Variable& x) { return leaky_relu(x, Real(0.25)); },
     [](double x) { return x > 0 ? x : 0.25 * x; }},
    {"elu", elu, [](double x) { return x > 0 ? x : std::expm1(x); }},
    {"sigmoid", sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
    {"softplus", softplus, [](double x) { return std::log1p(std::exp(x)); }},
    {"shift", [](const Variable& x) { return shift(x, Real(0.75)); }, [](double x) { return x + 0.75; }},
    {"tanh", [](const Variable& x) { return tanh(x); }, [](double x) { return std::tanh(x); }},
    {"exp", [](const Variable& x) { return exp(x); }, [](double x) { return std::exp(x); }},
    {"log of a square", [](const Variable& x) { return log(multiply(x, x)); },
     [](double x) { return 2 * std::log(std::abs(x)); }},
    {"abs", [](const Variable& x) { return abs(x); }, [](double x) { return std::abs(x); }},
    // borders between −0.1 and 0.1, where random_tensor has no entry and a difference no kink
    {"clamp from below", [](const Variable& x) { return clamp(x, Real(-0.05), 2); },
     [](double x) { return std::max(x, -0.05); }},
    {"clamp from above", [](const Variable& x) { return clamp(x, -2, Real(0.05)); },
     [](double x) { return std::min(x, 0.05); }},
    {"normal_cdf", normal_cdf, [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }},
};

struct Binary {
  const char* name;
  Variable (*function)(const Variable&, const Variable&);
  std::function<double(double, double)> definition;
};
const std::vector<Binary> binaries{
    {"add", add, std::plus<double>{}},
    {"multiply", multiply, std::multiplies<double>{}},
};

}  // namespace

TEST_CASE("functions of one operand: value by definition and gradient, at all sizes") {
  for (const Unary& f : unaries) {
    CAPTURE(f.name);
    for (const Index n : sizes) {
      for (const Index d : {Index{1}, Index{5}}) {
        const Tensor x = random_tensor(n, d, 3);
        const Tensor y = f.function(Variable(x)).value();
        REQUIRE(y.rows() == n);
        REQUIRE(y.columns() == d);
        for (Index k = 0; k < x.size(); ++k)
          CHECK(y.data()[k] == doctest::Approx(f.definition(x.data()[k])).epsilon(1e-6));
        check_gradient(f.function, x);
      }
    }
  }
}

TEST_CASE("functions of two operands: value by definition and both gradients, at all sizes") {
  for (const Binary& f : binaries) {
    CAPTURE(f.name);
    for (const Index n : sizes) {
      const Tensor a = random_tensor(n, 3, 4), b = random_tensor(n, 3, 5);
      const Tensor y = f.function(Variable(a), Variable(b)).value();
      for (Index k = 0; k < a.size(); ++k)
        CHECK(y.data()[k] == doctest::Approx(f.definition(a.data()[k], b.data()[k])).epsilon(1e-6));
      check_gradient(f.function, a, b);
      check_gradient([&](const Variable& x) { return f.function(x, Variable(b)); }, a);
      check_gradient([&](const Variable& x) { return f.function(Variable(a), x); }, b);
      check_gradient([&](const Variable& x) { return f.function(x, x); }, a);
    }
    CHECK_THROWS_AS(f.function(Variable(Tensor(2, 3)), Variable(Tensor(3, 2))), ShapeError);
    CHECK_THROWS_AS(f.function(Variable(Tensor(2, 3)), Variable(Tensor(2, 4))), ShapeError);
  }
}

TEST_CASE("activations pass NaN on, and have their limits at ±inf") {
  const Variable x(Tensor::from({{not_a_number, infinity, -infinity, 0, -1000}}));
  for (const Unary& f : unaries) {
    CAPTURE(f.name);
    CHECK(std::isnan(f.function(x).value()(0, 0)));
  }
  CHECK(relu(x).value()(0, 1) == infinity);
  CHECK(relu(x).value()(0, 2) == 0);
  CHECK(elu(x).value()(0, 1) == infinity);
  CHECK(elu(x).value()(0, 2) == -1);
  CHECK(elu(x).value()(0, 3) == 0);
  CHECK(elu(x).value()(0, 4) == -1);
}

TEST_CASE("an elu of an infinite or huge operand has a defined gradient") {
  const Variable x(Tensor::from({{infinity, -infinity, 1000, -1000, 0}}), true);
  Variable y = elu(x);
  y.backward(Tensor::filled(1, 5, 2));
  CHECK(max_abs_difference(x.grad(), Tensor::from({{2, 0, 2, 0, 2}})) == 0);
}

TEST_CASE("factors and slopes must be finite") {
  const Variable x(Tensor(1, 1));
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
