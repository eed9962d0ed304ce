#include <doctest/doctest.h>

#include <cmath>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// Operands of one size: x, gain, bias.
struct Given {
  Tensor x, gain, bias;
  Given(Index n, Index d) : x(random_tensor(n, d, 1)), gain(random_tensor(1, d, 2)), bias(random_tensor(1, d, 3)) {}
};

}  // namespace

TEST_CASE("layer_norm by definition") {
  for (const Index n : sizes)
    for (const Index d : {1, 2, 7, 16, 65}) {
      const Given of(n, d);
      const double epsilon = 1e-3;
      const Tensor y =
          layer_norm(Variable(of.x), Variable(of.gain), Variable(of.bias), static_cast<Real>(epsilon)).value();
      double worst = 0;
      for (Index i = 0; i < n; ++i) {
        double mean = 0, variance = 0;
        for (Index c = 0; c < d; ++c)
          mean += double{of.x(i, c)} / static_cast<double>(d);
        for (Index c = 0; c < d; ++c)
          variance += std::pow(double{of.x(i, c)} - mean, 2) / static_cast<double>(d);
        for (Index c = 0; c < d; ++c) {
          const double standard = (double{of.x(i, c)} - mean) / std::sqrt(variance + epsilon);
          worst = std::max(worst, std::abs(double{y(i, c)} - (of.gain(0, c) * standard + of.bias(0, c))));
        }
      }
      CHECK(worst < 20 * double{rounding});
    }
}

TEST_CASE("layer_norm is invariant to shifts and scales of a row") {
  const Given of(9, 12);
  Tensor other = of.x;
  for (Real& value : other.values())
    value = 3 * value + 7;
  const auto normed = [&](const Tensor& x) {
    return layer_norm(Variable(x), Variable(of.gain), Variable(of.bias), Real(1e-12)).value();
  };
  CHECK(max_abs_difference(normed(of.x), normed(other)) < 100 * rounding);
}

TEST_CASE("gradients of layer_norm") {
  for (const auto& [n, d] : {std::pair<Index, Index>{0, 3}, {7, 8}, {5, 1}, {4, 33}}) {
    const Given of(n, d);
    check_gradient([&](const Variable& u) { return layer_norm(u, Variable(of.gain), Variable(of.bias), Real(0.01)); },
                   of.x);
    check_gradient([&](const Variable& u) { return layer_norm(Variable(of.x), u, Variable(of.bias)); }, of.gain);
    check_gradient([&](const Variable& u) { return layer_norm(Variable(of.x), Variable(of.gain), u); }, of.bias);
  }
}

TEST_CASE("a row of one value is its bias, and passes no gradient on") {
  const Variable x(Tensor::filled(2, 4, 5), true);
  const Variable y = layer_norm(x, Variable(Tensor::filled(1, 4, 2)), Variable(Tensor::filled(1, 4, 3)));
  CHECK(max_abs_difference(y.value(), Tensor::filled(2, 4, 3)) == 0);
  sum(multiply(y, y)).backward();
  CHECK(max_abs_difference(x.grad(), Tensor(2, 4)) < Real(1e-3));
}

TEST_CASE("operands of layer_norm that don't fit are refused") {
  const Variable x(Tensor(2, 4)), row(Tensor(1, 4)), narrow(Tensor(1, 3));
  CHECK_THROWS_AS(layer_norm(x, narrow, row), ShapeError);
  CHECK_THROWS_AS(layer_norm(x, row, narrow), ShapeError);
  CHECK_THROWS_AS(layer_norm(x, x, row), ShapeError);
  CHECK_THROWS_AS(layer_norm(x, row, row, 0), ValueError);
}
