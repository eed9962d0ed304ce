#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

double log_softmax_at(const Tensor& x, Index i, Index c) {
  double total = 0;
  for (Index k = 0; k < x.columns(); ++k)
    total += std::exp(double{x(i, k)} - double{x(i, c)});
  return -std::log(total);
}

std::vector<std::int32_t> some_labels(Index n, Index classes) {
  std::vector<std::int32_t> labels;
  Random random(9);
  for (Index i = 0; i < n; ++i)
    labels.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(classes))));
  return labels;
}

}  // namespace

TEST_CASE("log_softmax by definition, and its gradient, at all sizes") {
  for (const Index n : {Index{0}, Index{1}, Index{9}})
    for (const Index d : sizes) {
      const Tensor x = random_tensor(n, d);
      const Tensor y = log_softmax(Variable(x)).value();
      for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < d; ++c)
          CHECK(double{y(i, c)} == doctest::Approx(log_softmax_at(x, i, c)).epsilon(1e-5));
      check_gradient(log_softmax, x);
    }
}

TEST_CASE("log_softmax of large values, and of −inf beside finite ones") {
  const Tensor y = log_softmax(Variable(Tensor::from({{1000, 999, -1000}, {-infinity, 2, 2}}))).value();
  CHECK(y(0, 0) == doctest::Approx(-0.313262));
  CHECK(y(0, 1) == doctest::Approx(-1.313262));
  CHECK(y(0, 2) == doctest::Approx(-2000.313262));
  CHECK(y(1, 0) == -infinity);
  CHECK(y(1, 1) == doctest::Approx(-std::log(2.0)));
}

TEST_CASE("sum at all sizes, over many blocks, and its gradient") {
  for (const Index n : sizes) {
    const Tensor x = random_tensor(n, 3);
    const double want = std::accumulate(x.values().begin(), x.values().end(), 0.0);
    CHECK(std::abs(double{sum(Variable(x)).value()(0, 0)} - want) < double{rounding});
  }
  CHECK(sum(Variable(Tensor::filled(1000, 1000, 1))).value()(0, 0) == 1000000);
  check_gradient(sum, random_tensor(7, 9));
  check_gradient(sum, Tensor(0, 5));
}

TEST_CASE("cross_entropy is the mean of −log softmax at the labels of the listed rows") {
  for (const Index n : sizes)
    for (const Index classes : {Index{1}, Index{2}, Index{7}, Index{33}}) {
      if (n == 0) continue;
      const Tensor x = random_tensor(n, classes);
      const auto labels = some_labels(n, classes);
      std::vector<Node> rows;
      double want = 0;
      for (Node i = static_cast<Node>(n) - 1; i >= 0; i -= 2)
        rows.push_back(i);
      for (const Node i : rows)
        want -= log_softmax_at(x, i, labels[static_cast<std::size_t>(i)]) / static_cast<double>(rows.size());
      CHECK(double{cross_entropy(Variable(x), labels, rows).value()(0, 0)} == doctest::Approx(want).epsilon(1e-5));
      check_gradient([&](const Variable& v) { return cross_entropy(v, labels, rows); }, x);
    }
}

TEST_CASE("rows that aren't listed don't change the loss and have no gradient") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Variable x(Tensor::from({{1, 2}, {nan, nan}, {3, 1}}), true);
  const std::vector<std::int32_t> labels{1, -1, 0};
  const std::vector<Node> rows{2, 0};
  Variable loss = cross_entropy(x, labels, rows);
  loss.backward();
  CHECK(loss.value()(0, 0) == doctest::Approx((std::log1p(std::exp(-1.0)) + std::log1p(std::exp(-2.0))) / 2));
  CHECK(all_finite(x.grad()));
  CHECK(x.grad()(1, 0) == 0);
  CHECK(x.grad()(1, 1) == 0);
  CHECK(x.grad()(0, 0) == doctest::Approx(0.5 / (1 + std::exp(1.0))));
}

TEST_CASE("a row listed twice counts twice") {
  const std::vector<std::int32_t> labels{1, 0};
  const std::vector<Node> twice{0, 1, 0};
  const Tensor x = random_tensor(2, 3);
  const double want = -(2 * log_softmax_at(x, 0, 1) + log_softmax_at(x, 1, 0)) / 3;
  CHECK(double{cross_entropy(Variable(x), labels, twice).value()(0, 0)} == doctest::Approx(want));
  check_gradient([&](const Variable& v) { return cross_entropy(v, labels, twice); }, x);
}

TEST_CASE("targets that are made once serve every step, of logits of their size") {
  const auto labels = some_labels(9, 3);
  const std::vector<Node> rows{1, 4, 8};
  const Targets once(labels, rows, 3, Device::cpu);
  for (std::uint64_t seed : {1u, 2u}) {
    Variable x(random_tensor(9, 3, seed), true), y(x.value(), true);
    Variable anew = cross_entropy(x, labels, rows), again = cross_entropy(y, once);
    CHECK(again.value()(0, 0) == anew.value()(0, 0));
    anew.backward();
    again.backward();
    CHECK(max_abs_difference(x.grad(), y.grad()) == 0);
  }
  CHECK_THROWS_WITH_AS(cross_entropy(Variable(Tensor(9, 4)), once), doctest::Contains("classes: got 3, want 4"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(cross_entropy(Variable(Tensor(8, 3)), once), doctest::Contains("labels: got 9, want 8"),
                       ShapeError);
}

TEST_CASE("shares of a mean add up to it, those of no rows too") {
  const auto labels = some_labels(6, 3);
  const Tensor x = random_tensor(6, 3);
  const Variable whole(x, true), parts(x, true);
  const std::vector<Node> rows{0, 1, 4}, first{0, 1}, second{4}, none;
  cross_entropy(whole, labels, rows).backward();
  double sum = 0;
  for (const auto& share : {first, none, second}) {
    Variable loss = cross_entropy(parts, labels, share, 3);
    sum += double{loss.value()(0, 0)};
    loss.backward();
  }
  CHECK(sum == doctest::Approx(double{cross_entropy(whole, labels, rows).value()(0, 0)}).epsilon(1e-6));
  CHECK(max_abs_difference(parts.grad(), whole.grad()) < rounding);
}

TEST_CASE("cross_entropy outlives the labels it was given") {
  const Variable x(random_tensor(4, 3), true);
  Variable loss;
  {
    std::vector<std::int32_t> labels{0, 1, 2, 0};
    std::vector<Node> rows{0, 1, 2, 3};
    loss = cross_entropy(x, labels, rows);
    labels.assign(4, -7);
    rows.assign(4, 1 << 20);
  }
  loss.backward();
  double total = 0;
  for (const Real value : x.grad().values())
    total += double{value};
  CHECK(std::abs(total) < 1e-6);  // every row of softmax − onehot sums to 0
}

TEST_CASE("cross_entropy stays finite for logits of any size") {
  const Variable x(Tensor::from({{10000, -10000}, {-10000, 10000}}), true);
  const std::vector<std::int32_t> labels{1, 1};
  const std::vector<Node> rows{0, 1};
  Variable loss = cross_entropy(x, labels, rows);
  loss.backward();
  CHECK(loss.value()(0, 0) == 10000);
  CHECK(max_abs_difference(x.grad(), Tensor::from({{Real(0.5), Real(-0.5)}, {0, 0}})) == 0);
}

TEST_CASE("invalid operands of cross_entropy are refused by name") {
  const Variable x(Tensor(3, 2));
  const std::vector<std::int32_t> labels{0, -1, 2};
  const auto rows = [](Node i) { return std::vector<Node>{0, i}; };
  CHECK_THROWS_WITH_AS(cross_entropy(x, labels, std::vector<Node>{}), doctest::Contains("rows: got none"), ValueError);
  CHECK_THROWS_WITH_AS(cross_entropy(x, labels, rows(1)), doctest::Contains("label of row 1: got -1, want 0 … 1"),
                       ValueError);
  CHECK_THROWS_WITH_AS(cross_entropy(x, labels, rows(2)), doctest::Contains("label of row 2: got 2"), ValueError);
  CHECK_THROWS_WITH_AS(cross_entropy(x, labels, rows(3)), doctest::Contains("row: got 3, want 0 … 2"), ValueError);
  CHECK_THROWS_AS(cross_entropy(x, labels, rows(-1)), ValueError);
  CHECK_THROWS_AS(cross_entropy(x, std::vector<std::int32_t>{0}, rows(0)), ShapeError);
}
