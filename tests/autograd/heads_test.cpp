#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct Heads {
  Index n, heads, d;
};

std::vector<Heads> all_shapes() {
  std::vector<Heads> shapes{{0, 1, 4}, {3, 2, 0}, {2, 1, 64}, {5, 8, 16}, {300, 8, 8}};
  for (const Index n : sizes)
    shapes.push_back({n, 3, 5});
  for (const Index d : sizes)
    shapes.push_back({4, 2, d});
  return shapes;
}

double norm_squared(const Tensor& x, Index i, Index first, Index d, double p) {
  double total = 0;
  for (Index c = first; c < first + d; ++c)
    total += std::pow(std::abs(double{x(i, c)}), p);
  return std::pow(total, 2 / p);
}

}  // namespace

TEST_CASE("head_dot by definition") {
  for (const auto& [n, heads, d] : all_shapes()) {
    const Tensor x = random_tensor(n, heads * d, 1), a = random_tensor(1, heads * d, 2);
    const Tensor s = head_dot(Variable(x), Variable(a), heads).value();
    REQUIRE(s.rows() == n);
    REQUIRE(s.columns() == heads);
    double worst = 0;
    for (Index i = 0; i < n; ++i)
      for (Index h = 0; h < heads; ++h) {
        double want = 0;
        for (Index c = h * d; c < (h + 1) * d; ++c)
          want += double{x(i, c)} * double{a(0, c)};
        worst = std::max(worst, std::abs(double{s(i, h)} - want));
      }
    CHECK(worst < double{rounding});
  }
}

TEST_CASE("gradients of head_dot, for either operand and for both") {
  for (const auto& [n, heads, d] : {Heads{0, 2, 3}, Heads{7, 1, 8}, Heads{9, 2, 16}, Heads{5, 3, 4}}) {
    const Index h = heads;
    const Tensor x = random_tensor(n, heads * d, 1), a = random_tensor(1, heads * d, 2);
    check_gradient([h](const Variable& u, const Variable& v) { return head_dot(u, v, h); }, x, a);
    check_gradient([&](const Variable& u) { return head_dot(u, Variable(a), h); }, x);
    check_gradient([&](const Variable& v) { return head_dot(Variable(x), v, h); }, a);
  }
}

TEST_CASE("head_mean by definition, and its gradient; one head is the operand itself") {
  for (const auto& [n, heads, d] : all_shapes()) {
    const Tensor x = random_tensor(n, heads * d);
    const Tensor y = head_mean(Variable(x), heads).value();
    REQUIRE(y.columns() == d);
    double worst = 0;
    for (Index i = 0; i < n; ++i)
      for (Index c = 0; c < d; ++c) {
        double want = 0;
        for (Index h = 0; h < heads; ++h)
          want += double{x(i, h * d + c)} / static_cast<double>(heads);
        worst = std::max(worst, std::abs(double{y(i, c)} - want));
      }
    CHECK(worst < double{rounding});
  }
  check_gradient([](const Variable& x) { return head_mean(x, 3); }, random_tensor(5, 12));
  const Variable x(random_tensor(2, 6));
  const Variable same = head_mean(x, 1);
  CHECK(&same.value() == &x.value());
}

TEST_CASE("squared_norm by definition for every p") {
  for (const double p : {1.0, 1.5, 1.8, 2.0, 3.0, 20.0})
    for (const auto& [n, heads, d] : all_shapes()) {
      CAPTURE(p);
      const Tensor x = random_tensor(n, heads * d);
      const Tensor m = squared_norm(Variable(x), heads, static_cast<Real>(p), Real(2.5)).value();
      for (Index i = 0; i < n; ++i)
        for (Index h = 0; h < heads; ++h)
          CHECK(double{m(i, h)} == doctest::Approx(norm_squared(x, i, h * d, d, p) / 2.5).epsilon(2e-6));
    }
}

TEST_CASE("gradients of squared_norm for every p, also with zeros among the components") {
  for (const double p : {1.0, 1.5, 1.8, 2.0, 3.0}) {
    CAPTURE(p);
    const auto f = [p](const Variable& x) { return squared_norm(x, 2, static_cast<Real>(p), Real(4)); };
    check_gradient(f, random_tensor(5, 16));
    check_gradient(f, random_tensor(4, 6));
    check_gradient(f, random_tensor(3, 2));
  }
  // smooth at a component of 0 for p ≥ 2
  Tensor x = random_tensor(3, 6);
  x(0, 0) = x(1, 2) = x(1, 3) = 0;
  check_gradient([](const Variable& v) { return squared_norm(v, 2, 2, 1); }, x);
  check_gradient([](const Variable& v) { return squared_norm(v, 2, 3, 1); }, x);
}

TEST_CASE("squared_norm of zero vectors and zero components: 0, never NaN") {
  for (const double p : {1.0, 1.1, 1.8, 2.0, 3.0, 7.0}) {
    CAPTURE(p);
    const Variable x(Tensor::from({{0, 0, 0, 0, -3, 0}}), true);
    Variable m = squared_norm(x, 2, static_cast<Real>(p), 1);
    m.backward(Tensor::filled(1, 2, 1));
    CHECK(m.value()(0, 0) == 0);
    CHECK(m.value()(0, 1) == doctest::Approx(9));
    for (const Index c : {0, 1, 2, 3, 5})
      CHECK(x.grad()(0, c) == 0);
    CHECK(x.grad()(0, 4) == doctest::Approx(-6));
  }
}

TEST_CASE("squared_norm of huge and of tiny vectors neither overflows nor vanishes on the way") {
  for (const Real size : {Real(1e15), Real(1e-15)})
    for (const Real p : {Real(1), Real(1.8), Real(2), Real(3), Real(12)}) {
      CAPTURE(size);
      CAPTURE(p);
      const Variable x(Tensor::filled(1, 4, size), true);
      Variable m = squared_norm(x, 1, p, 1);
      m.backward(Tensor::filled(1, 1, 1));
      const double norm = double{size} * std::pow(4, 1 / double{p});
      CHECK(double{m.value()(0, 0)} / (norm * norm) == doctest::Approx(1).epsilon(1e-5));
      // 2 ‖x‖ₚ^(2−p) |x_c|^(p−1)
      const double slope = 2 * double{size} * std::pow(4, 2 / double{p} - 1);
      CHECK(double{x.grad()(0, 2)} / slope == doctest::Approx(1).epsilon(1e-5));
    }
}

TEST_CASE("squared_norm passes NaN and inf on, each in its own head") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (const Real p : {Real(1), Real(1.5), Real(2), Real(3)}) {
    const Tensor m = squared_norm(Variable(Tensor::from({{0, nan, 1, infinity, 1, 1}})), 3, p, 1).value();
    CHECK(std::isnan(m(0, 0)));
    CHECK(m(0, 1) == infinity);
    CHECK(std::isfinite(m(0, 2)));
  }
}

TEST_CASE("heads that can't be are refused") {
  const Variable x(Tensor(4, 6)), a(Tensor(1, 6));
  CHECK_THROWS_WITH_AS(head_dot(x, a, 4), doctest::Contains("got 6, want a multiple of 4"), ValueError);
  CHECK_THROWS_AS(head_dot(x, a, 0), ValueError);
  CHECK_THROWS_AS(head_dot(x, Variable(Tensor(1, 5)), 2), ShapeError);
  CHECK_THROWS_AS(head_dot(x, Variable(Tensor(6, 1)), 2), ShapeError);
  CHECK_THROWS_AS(head_mean(x, -1), ValueError);
  CHECK_THROWS_AS(head_mean(x, 5), ValueError);
  for (const Real p : {Real(0.99), Real(0), infinity, std::numeric_limits<Real>::quiet_NaN()})
    CHECK_THROWS_AS(squared_norm(x, 2, p, 1), ValueError);
  for (const Real divisor : {Real(0), Real(-1), infinity})
    CHECK_THROWS_AS(squared_norm(x, 2, 2, divisor), ValueError);
}
