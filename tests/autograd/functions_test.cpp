#include "mercer/autograd/functions.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>

#include "mercer/base/check.hpp"
#include "support/functions/function_case.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

std::vector<Variable> variables(const std::vector<Tensor>& operands, bool wants_grad = false) {
  std::vector<Variable> x;
  for (const Tensor& operand : operands)
    x.emplace_back(operand, wants_grad);
  return x;
}

/// The largest gap between values, relative to those above 1; NaN when either is.
double largest_gap(const Tensor& got, const Wide& want) {
  double worst = 0;
  for (std::size_t n = 0; n < want.values.size(); ++n) {
    const double each = std::abs(double{got.values()[n]} - want.values[n]) / std::max(1.0, std::abs(want.values[n]));
    worst = each <= worst ? worst : each;
  }
  return worst;
}

}  // namespace

TEST_CASE("every function: value by definition and gradient, at all sizes") {
  for (const FunctionCase& f : all_functions()) {
    CAPTURE(f.name);
    for (const Index n : sizes) {
      CAPTURE(n);
      const std::vector<Tensor> operands = f.operands(n);
      std::vector<Wide> in_double;
      for (const Tensor& operand : operands)
        in_double.push_back(wide(operand));
      const Tensor y = f.run(variables(operands)).value();
      const Wide want = f.definition(in_double);
      REQUIRE(y.rows() == want.rows);
      REQUIRE(y.columns() == want.columns);
      CHECK(largest_gap(y, want) < double{rounding});
      CHECK(double{gradient_gap(f.run, operands)} < (sizeof(Real) == 8 ? 1e-7 : 2e-2));
    }
  }
}

TEST_CASE("every function: the gradient of one operand alone is the same as together with the others'") {
  for (const FunctionCase& f : all_functions()) {
    CAPTURE(f.name);
    const std::vector<Tensor> operands = f.operands(9);
    std::vector<Variable> all = variables(operands, true);
    Variable y = f.run(all);
    const Tensor dy = random_tensor(y.rows(), y.columns(), 8);
    y.backward(dy);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      std::vector<Variable> x = variables(operands);
      x[k] = Variable(operands[k], true);
      f.run(x).backward(dy);
      CHECK(same_bits(x[k].grad(), all[k].grad()));
    }
  }
}

TEST_CASE("every function names itself when an operand is undefined") {
  Index named = 0;
  for (const FunctionCase& f : all_functions()) {
    const std::vector<Tensor> operands = f.operands(9);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      std::vector<Variable> x = variables(operands);
      x[k] = Variable();
      std::string message;
      try {
        f.run(x);
      } catch (const ValueError& error) {
        message = error.what();
      }
      CAPTURE(f.name);
      CAPTURE(message);
      const std::size_t end = message.find("] operand: got an undefined variable, want one with a value");
      REQUIRE(end != std::string::npos);
      const std::string op = message.substr(1, end - 1);
      if (op == "Variable") continue;                     // the case itself read the size of x
      if (f.name.find(' ') < f.name.find(',')) continue;  // an expression of several functions
      CHECK((f.name.find(op) != std::string::npos || op == "log_softmax"));
      ++named;
    }
  }
  CHECK(named > 40);
}

TEST_CASE("functions of each entry pass NaN on") {
  for (const FunctionCase& f : all_functions()) {
    if (!f.elementwise) continue;
    CAPTURE(f.name);
    std::vector<Tensor> operands = f.operands(2);
    for (Tensor& x : operands)
      x(1, 1) = std::numeric_limits<Real>::quiet_NaN();
    const Tensor y = f.run(variables(operands)).value();
    CHECK(std::isnan(y(1, 1)));
    CHECK(std::isfinite(y(0, 1)));
  }
}

// autograd_tests_float -tc="time of every function" --no-skip
TEST_CASE("time of every function" * doctest::skip()) {
  for (const FunctionCase& f : all_functions()) {
    std::vector<Variable> x = variables(f.operands(20000), true);
    const auto once = [&] {
      const auto start = std::chrono::steady_clock::now();
      Variable y = f.run(x);
      y.backward(Tensor::filled(y.rows(), y.columns(), 1));
      return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    };
    double best = once();
    for (int run = 0; run < 9; ++run)
      best = std::min(best, once());
    CHECK(best > 0);
    MESSAGE(f.name << ": " << best << " ms forward and back, 20000 rows");
  }
}
