#include "mercer/features/fourier.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// φ from the definition.
Tensor by_definition(const Tensor& x, const std::vector<Tensor>& sets, Index heads) {
  const Index d = x.columns() / heads, M = sets.front().columns();
  Tensor phi(x.rows(), 2 * heads * M);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index h = 0; h < heads; ++h)
      for (Index m = 0; m < M; ++m) {
        double cosine = 0, sine = 0;
        for (const Tensor& w : sets) {
          double u = 0;
          for (Index c = 0; c < d; ++c)
            u += static_cast<double>(x(i, h * d + c)) * w(h * d + c, m);
          cosine += std::cos(2 * std::numbers::pi * u);
          sine += std::sin(2 * std::numbers::pi * u);
        }
        phi(i, h * 2 * M + m) = static_cast<Real>(cosine);
        phi(i, h * 2 * M + M + m) = static_cast<Real>(sine);
      }
  return phi;
}

}  // namespace

TEST_CASE("Fourier features are cosines and sines of projections") {
  for (const Index n : sizes)
    for (const Index heads : {1, 3}) {
      CAPTURE(n);
      const Tensor x = random_tensor(n, heads * 5, 1), a = random_tensor(heads * 5, 7, 2),
                   b = random_tensor(heads * 5, 7, 3);
      CHECK(max_abs_difference(fourier_features(Variable(x), {Variable(a)}, heads).value(),
                               by_definition(x, {a}, heads)) < 20 * rounding);
      CHECK(max_abs_difference(fourier_features(Variable(x), {Variable(a), Variable(b)}, heads).value(),
                               by_definition(x, {a, b}, heads)) < 20 * rounding);
    }
}

TEST_CASE("gradients of Fourier features") {
  const Variable x(random_tensor(9, 6, 1), true), a(random_tensor(6, 5, 2), true), b(random_tensor(6, 5, 3), true);
  const auto f = [](const Variable& p, const Variable& q, const Variable& r) { return fourier_features(p, {q, r}, 2); };
  if constexpr (std::is_same_v<Real, double>) check_gradient(f, x.value(), a.value(), b.value());
}

TEST_CASE("Fourier features and their gradients have the same bits at 1, 2 and 4 threads") {
  const auto run = [] {
    const Variable x(random_tensor(1500, 16, 1), true), w(random_tensor(16, 8, 2), true);
    Variable phi = fourier_features(x, {w}, 2);
    const Tensor value = phi.value();
    phi.backward(random_tensor(1500, 32, 3));
    return std::vector<Tensor>{value, x.grad(), w.grad()};
  };
  set_threads(1);
  const auto one = run();
  for (const int count : {2, 4}) {
    set_threads(count);
    const auto more = run();
    for (std::size_t n = 0; n < one.size(); ++n)
      CHECK(same_bits(one[n], more[n]));
  }
  set_threads(0);
}

TEST_CASE("features that don't fit are refused") {
  const Variable x(random_tensor(4, 6)), w(random_tensor(6, 2)), other(random_tensor(5, 2)), wide(random_tensor(6, 3));
  CHECK_THROWS_AS(fourier_features(x, {}, 2), ValueError);
  CHECK_THROWS_AS(fourier_features(x, {w}, 0), ValueError);
  CHECK_THROWS_AS(fourier_features(x, {w}, 4), ShapeError);
  CHECK_THROWS_AS(fourier_features(x, {other}, 2), ShapeError);
  CHECK_THROWS_AS(fourier_features(x, {w, wide}, 2), ShapeError);
}
