#include "mercer/autograd/batch_norm.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Real epsilon = Real(0.01);

/// Operands of one size: x, gain, bias.
struct Given {
  Tensor x, gain, bias;
  Given(Index n, Index d) : x(random_tensor(n, d, 1)), gain(random_tensor(1, d, 2)), bias(random_tensor(1, d, 3)) {}
};

}  // namespace

TEST_CASE("batch_norm by definition, and its statistics") {
  for (const Index n : {Index{2}, Index{9}, Index{33}, Index{3000}})
    for (const Index d : {Index{1}, Index{7}, Index{16}, Index{65}}) {
      const Given of(n, d);
      const auto [y, statistics] = batch_norm(Variable(of.x), Variable(of.gain), Variable(of.bias), epsilon);
      double worst = 0;
      for (Index c = 0; c < d; ++c) {
        double mean = 0, variance = 0;
        for (Index i = 0; i < n; ++i)
          mean += double{of.x(i, c)} / static_cast<double>(n);
        for (Index i = 0; i < n; ++i)
          variance += std::pow(double{of.x(i, c)} - mean, 2) / static_cast<double>(n);
        worst = std::max({worst, std::abs(double{statistics.mean(0, c)} - mean),
                          std::abs(double{statistics.variance(0, c)} - variance)});
        for (Index i = 0; i < n; ++i) {
          const double standard = (double{of.x(i, c)} - mean) / std::sqrt(variance + double{epsilon});
          worst = std::max(worst, std::abs(double{y.value()(i, c)} - (of.gain(0, c) * standard + of.bias(0, c))));
        }
      }
      CHECK(worst < 20 * double{rounding});
    }
}

TEST_CASE("gradients of batch_norm go through the statistics of the batch") {
  for (const auto& [n, d] : {std::pair<Index, Index>{0, 3}, {2, 4}, {7, 8}, {33, 3}}) {
    const Given of(n, d);
    check_gradient([](const Variable& x, const Variable& gain,
                      const Variable& bias) { return batch_norm(x, gain, bias, epsilon).y; },
                   of.x, of.gain, of.bias);
  }
}

TEST_CASE("with given statistics batch_norm is an affine function of each entry") {
  const Given of(9, 4);
  const ColumnStatistics kept{random_tensor(1, 4, 7), Tensor::filled(1, 4, Real(2.25) - epsilon)};
  const Tensor y = batch_norm(Variable(of.x), Variable(of.gain), Variable(of.bias), kept, epsilon).value();
  double worst = 0;
  for (Index i = 0; i < 9; ++i)
    for (Index c = 0; c < 4; ++c)
      worst = std::max(
          worst, std::abs(double{y(i, c)} - (of.gain(0, c) * (of.x(i, c) - kept.mean(0, c)) / 1.5 + of.bias(0, c))));
  CHECK(worst < 20 * double{rounding});
  check_gradient([&](const Variable& x, const Variable& gain,
                     const Variable& bias) { return batch_norm(x, gain, bias, kept, epsilon); },
                 of.x, of.gain, of.bias);
}

TEST_CASE("a column of one value is its bias; no rows have zeros as statistics") {
  const Variable x(Tensor::filled(5, 2, 3), true);
  const auto [y, statistics] = batch_norm(x, Variable(Tensor::filled(1, 2, 4)), Variable(Tensor::filled(1, 2, 7)));
  CHECK(max_abs_difference(y.value(), Tensor::filled(5, 2, 7)) == 0);
  sum(multiply(y, y)).backward();
  CHECK(max_abs_difference(x.grad(), Tensor(5, 2)) < Real(1e-2));
  const BatchNormed none = batch_norm(Variable(Tensor(0, 2)), Variable(Tensor(1, 2)), Variable(Tensor(1, 2)));
  CHECK(none.y.rows() == 0);
  CHECK(max_abs_difference(none.statistics.mean, Tensor(1, 2)) == 0);
}

TEST_CASE("a running mean keeps a share of itself") {
  Variable running(Tensor::from({{1, -2}}));
  mix(running, Real(0.75), Tensor::from({{3, 4}}), Real(0.5));
  CHECK(max_abs_difference(running.value(), Tensor::from({{2.25, 0.5}})) == 0);
  CHECK_THROWS_AS(mix(running, 1, Tensor(1, 3), 1), ShapeError);
}

TEST_CASE("operands of batch_norm that don't fit are refused") {
  const Variable x(Tensor(2, 4)), row(Tensor(1, 4)), narrow(Tensor(1, 3));
  CHECK_THROWS_AS(batch_norm(x, narrow, row), ShapeError);
  CHECK_THROWS_AS(batch_norm(x, row, narrow), ShapeError);
  CHECK_THROWS_AS(batch_norm(x, x, row), ShapeError);
  CHECK_THROWS_AS(batch_norm(x, row, row, 0), ValueError);
  CHECK_THROWS_AS(batch_norm(x, row, row, ColumnStatistics{Tensor(1, 3), Tensor(1, 4)}), ShapeError);
  CHECK_THROWS_AS(batch_norm(x, row, row, ColumnStatistics{Tensor(1, 4), Tensor(2, 4)}), ShapeError);
}
