#include <doctest/doctest.h>

#include <cmath>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct Shape {
  Index n, heads, d;
};

std::vector<Shape> all_shapes() {
  std::vector<Shape> shapes{{2, 1, 64}, {5, 8, 16}, {300, 8, 8}};
  for (const Index n : sizes)
    shapes.push_back({n, 3, 5});
  for (const Index d : sizes)
    shapes.push_back({4, 2, d});
  return shapes;
}

}  // namespace

TEST_CASE("unit_heads by definition: plain, and centred as in SchoenbAt") {
  for (const auto& [n, heads, d] : all_shapes())
    for (const Centred centred : {Centred::no, Centred::yes}) {
      const Tensor x = random_tensor(n, heads * d);
      const Tensor y = unit_heads(Variable(x), heads, centred).value();
      REQUIRE(y.rows() == n);
      double worst = 0;
      for (Index i = 0; i < n; ++i)
        for (Index h = 0; h < heads; ++h) {
          double mean = 0, variance = 0, square = 0;
          for (Index c = h * d; c < (h + 1) * d; ++c)
            mean += centred == Centred::yes ? double{x(i, c)} / static_cast<double>(d) : 0;
          for (Index c = h * d; c < (h + 1) * d; ++c)
            variance += std::pow(double{x(i, c)} - mean, 2) / static_cast<double>(d);
          for (Index c = h * d; c < (h + 1) * d; ++c)
            square += std::pow((double{x(i, c)} - mean) / std::sqrt(variance + 1e-12), 2);
          for (Index c = h * d; c < (h + 1) * d; ++c) {
            const double standard = (double{x(i, c)} - mean) / std::sqrt(variance + 1e-12);
            worst = std::max(worst, std::abs(double{y(i, c)} - (square > 0 ? standard / std::sqrt(square) : 0)));
          }
        }
      CHECK(worst < double{rounding});
    }
}

TEST_CASE("a head without direction is 0 and passes no gradient") {
  Tensor x = Tensor::from({{0, 0, 3, 3, 4, 0}});
  Variable input(x, true);
  Variable y = unit_heads(input, 3);
  CHECK(y.value()(0, 0) == 0);
  CHECK(y.value()(0, 4) == 1);
  y.backward(Tensor::filled(1, 6, 1));
  CHECK(input.grad()(0, 0) == 0);
  CHECK(all_finite(input.grad()));
  CHECK(input.grad()(0, 4) == 0);  // no gradient along the head
  CHECK(input.grad()(0, 5) == Real(0.25));
  const Tensor centred = unit_heads(Variable(Tensor::filled(1, 6, Real(0.1))), 1, Centred::yes).value();
  CHECK(max_abs_difference(centred, Tensor(1, 6)) == 0);  // a rounding error is no direction
}

TEST_CASE("gradients of unit_heads and scale_heads") {
  for (const auto& [n, heads, d] : {Shape{0, 2, 3}, Shape{7, 1, 8}, Shape{9, 2, 16}, Shape{5, 3, 4}}) {
    const Index h = heads;
    const Tensor x = random_tensor(n, heads * d, 1), s = random_tensor(1, heads, 2);
    check_gradient([h](const Variable& u) { return unit_heads(u, h); }, x);
    check_gradient([h](const Variable& u) { return unit_heads(u, h, Centred::yes); }, x);
    check_gradient(scale_heads, x, s);
    check_gradient([&](const Variable& u) { return scale_heads(u, Variable(s)); }, x);
    check_gradient([&](const Variable& u) { return scale_heads(Variable(x), u); }, s);
  }
}

TEST_CASE("scale_heads by definition") {
  for (const auto& [n, heads, d] : all_shapes()) {
    const Tensor x = random_tensor(n, heads * d, 1), s = random_tensor(1, heads, 2);
    const Tensor y = scale_heads(Variable(x), Variable(s)).value();
    for (Index i = 0; i < n; ++i)
      for (Index c = 0; c < heads * d; ++c)
        CHECK(y(i, c) == x(i, c) * s(0, c / d));
  }
}

TEST_CASE("operands that don't fit are refused") {
  CHECK_THROWS_AS(unit_heads(Variable(Tensor(2, 5)), 2), ShapeError);
  CHECK_THROWS_AS(unit_heads(Variable(Tensor(2, 4)), 0), ValueError);
  CHECK_THROWS_AS(scale_heads(Variable(Tensor(2, 5)), Variable(Tensor(1, 2))), ShapeError);
  CHECK_THROWS_AS(scale_heads(Variable(Tensor(2, 4)), Variable(Tensor(2, 2))), ShapeError);
  CHECK_THROWS_AS(scale_heads(Variable(Tensor(2, 4)), Variable(Tensor(1, 0))), ValueError);
}

TEST_CASE("sigmoid and softplus stay finite and positive where exp does not") {
  const Variable x(Tensor::from({{-80, -30, 0, 30, 1000}}), true);
  for (const auto function : {sigmoid, softplus}) {
    Variable y = function(x);
    CHECK(all_finite(y.value()));
    CHECK(y.value()(0, 0) > 0);
    y.backward(Tensor::filled(1, 5, 1));
    CHECK(all_finite(x.grad()));
  }
  CHECK(softplus(x).value()(0, 4) == 1000);
  CHECK(sigmoid(x).value()(0, 2) == Real(0.5));
}
