#include <cmath>

#include "mercer/autograd/arithmetic.hpp"
#include "support/functions/function_case.hpp"

namespace mercer::test {
namespace {

FunctionCase unary(const char* name, Variable (*function)(const Variable&), double (*definition)(double)) {
  return {name, [](Index n) { return std::vector{random_tensor(n, 5, 3)}; },
          [function](Operands x) { return function(x[0]); },
          [definition](std::span<const Wide> x) {
            Wide y = x[0];
            for (double& value : y.values)
              value = definition(value);
            return y;
          },
          true};
}

FunctionCase binary(const char* name, Variable (*function)(const Variable&, const Variable&),
                    double (*definition)(double, double)) {
  return {name,
          [](Index n) {
            return std::vector{random_tensor(n, 3, 4), random_tensor(n, 3, 5)};
          },
          [function](Operands x) { return function(x[0], x[1]); },
          [definition](std::span<const Wide> x) {
            Wide y = x[0];
            for (std::size_t n = 0; n < y.values.size(); ++n)
              y.values[n] = definition(x[0].values[n], x[1].values[n]);
            return y;
          },
          true};
}

}  // namespace

std::vector<FunctionCase> elementwise_functions() {
  using X = const Variable&;
  return {
      unary("relu", relu, [](double x) { return std::max(x, 0.0); }),
      unary("elu", elu, [](double x) { return x > 0 ? x : std::expm1(x); }),
      unary("sigmoid", sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }),
      unary("softplus", softplus, [](double x) { return std::log1p(std::exp(x)); }),
      unary("tanh", tanh, [](double x) { return std::tanh(x); }),
      unary("exp", exp, [](double x) { return std::exp(x); }),
      unary(
          "log of a square", [](X x) { return log(multiply(x, x)); }, [](double x) { return std::log(x * x); }),
      unary("abs", abs, [](double x) { return std::abs(x); }),
      unary("normal_cdf", normal_cdf, [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }),
      unary(
          "scale", [](X x) { return scale(x, Real(-2.5)); }, [](double x) { return -2.5 * x; }),
      unary(
          "shift", [](X x) { return shift(x, Real(0.75)); }, [](double x) { return x + 0.75; }),
      unary(
          "leaky_relu", [](X x) { return leaky_relu(x, Real(0.25)); }, [](double x) { return x > 0 ? x : 0.25 * x; }),
      // borders between −0.1 and 0.1, where random_tensor has no entry and a difference no kink
      unary(
          "clamp from below", [](X x) { return clamp(x, Real(-0.05), 2); },
          [](double x) { return std::max(x, -0.05); }),
      unary(
          "clamp from above", [](X x) { return clamp(x, -2, Real(0.05)); }, [](double x) { return std::min(x, 0.05); }),
      unary("gelu", gelu, [](double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; }),
      unary("silu", silu, [](double x) { return x / (1 + std::exp(-x)); }),
      unary("reciprocal", reciprocal, [](double x) { return 1 / x; }),
      unary(
          "-(2 − x / 4 + 3) * 1.5", [](X x) { return -(2 - x / 4 + 3) * Real(1.5); },
          [](double x) { return -(2 - x / 4 + 3) * 1.5; }),
      unary(
          "0.5 * (1 + 3 / x − 7)", [](X x) { return Real(0.5) * (1 + 3 / x - 7); },
          [](double x) { return 0.5 * (1 + 3 / x - 7); }),
      binary("add", add, [](double a, double b) { return a + b; }),
      binary("multiply", multiply, [](double a, double b) { return a * b; }),
      binary("subtract", subtract, [](double a, double b) { return a - b; }),
      binary("divide", divide, [](double a, double b) { return a / b; }),
      binary(
          "a + b * a − b / a", [](X a, X b) { return a + b * a - b / a; },
          [](double a, double b) { return a + b * a - b / a; }),
  };
}

}  // namespace mercer::test
