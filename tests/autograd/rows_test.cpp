#include <doctest/doctest.h>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("reshape keeps the order, concat joins columns, both with gradients") {
  const Tensor a = random_tensor(4, 3, 1), b = random_tensor(4, 2, 2);
  const Tensor flat = reshape(Variable(a), 2, 6).value(), joined = concat({Variable(a), Variable(b)}).value();
  CHECK(flat(1, 0) == a(2, 0));
  CHECK(joined.columns() == 5);
  CHECK(joined(3, 1) == a(3, 1));
  CHECK(joined(3, 4) == b(3, 1));
  check_gradient([](const Variable& x) { return reshape(x, 6, 2); }, a);
  check_gradient([](const Variable& x, const Variable& y) { return concat({x, y}); }, a, b);
  check_gradient([](const Variable& x) { return concat({x, x}); }, a);
  CHECK_THROWS_AS(reshape(Variable(a), 5, 2), ShapeError);
  CHECK_THROWS_AS(concat({Variable(a), Variable(Tensor(3, 2))}), ShapeError);
}

TEST_CASE("the mean of rows, also of none") {
  for (const Index n : sizes) {
    CAPTURE(n);
    const Tensor x = random_tensor(n, 3, 1);
    const Tensor mean = mean_of_rows(Variable(x)).value();
    for (Index c = 0; c < 3; ++c) {
      double sum = 0;
      for (Index i = 0; i < n; ++i)
        sum += static_cast<double>(x(i, c));
      CHECK(mean(0, c) == doctest::Approx(n == 0 ? 0 : sum / static_cast<double>(n)).epsilon(1e-5));
    }
    check_gradient([](const Variable& y) { return mean_of_rows(y); }, x);
  }
}

TEST_CASE("gathered rows, and the sum of gradients of a row that is gathered twice") {
  const Tensor x = random_tensor(4, 19, 1);
  const std::vector<Node> rows{2, 0, 2, 3, 2};
  const Tensor y = gather_rows(Variable(x), rows).value();
  REQUIRE(y.rows() == 5);
  for (Index i = 0; i < 5; ++i)
    for (Index c = 0; c < 19; ++c)
      CHECK(y(i, c) == x(rows[static_cast<std::size_t>(i)], c));
  check_gradient([&](const Variable& v) { return gather_rows(v, rows); }, x);
  CHECK(gather_rows(Variable(x), {}).rows() == 0);
  CHECK_THROWS_AS(gather_rows(Variable(x), {4}), ValueError);
  CHECK_THROWS_AS(gather_rows(Variable(x), {-1}), ValueError);
}

TEST_CASE("sums of earlier rows with a stride") {
  const Tensor x = Tensor::from({{1}, {10}, {2}, {20}, {3}, {30}, {4}});
  CHECK(same_bits(sum_of_earlier_rows(Variable(x), 2).value(), Tensor::from({{0}, {0}, {1}, {10}, {3}, {30}, {6}})));
  CHECK(same_bits(sum_of_earlier_rows(Variable(x), 9).value(), Tensor(7, 1)));
  check_gradient([](const Variable& y) { return sum_of_earlier_rows(y, 2); }, random_tensor(7, 3, 2));
  CHECK_THROWS_AS(sum_of_earlier_rows(Variable(x), 0), ValueError);
}

TEST_CASE("the Walsh-Hadamard transform is the product with the matrix of signs, and its own inverse up to d") {
  for (const Index d : {1, 2, 8, 32}) {
    CAPTURE(d);
    const Tensor x = random_tensor(5, d, 1);
    const Variable y = walsh_hadamard(Variable(x));
    for (Index i = 0; i < 5; ++i)
      for (Index c = 0; c < d; ++c) {
        double sum = 0;
        for (Index b = 0; b < d; ++b)  // H_cb = (−1)^(ones that c and b share)
          sum += (__builtin_popcountll(static_cast<unsigned long long>(b & c)) % 2 == 0 ? 1 : -1) *
                 static_cast<double>(x(i, b));
        CHECK(y.value()(i, c) == doctest::Approx(sum).epsilon(1e-5));
      }
    const Variable twice = scale(walsh_hadamard(y), Real(1) / static_cast<Real>(d));
    CHECK(max_abs_difference(twice.value(), x) < 10 * rounding);
    check_gradient([](const Variable& v) { return walsh_hadamard(v); }, x);
  }
  CHECK_THROWS_AS(walsh_hadamard(Variable(Tensor(2, 6))), ValueError);
  CHECK_THROWS_AS(walsh_hadamard(Variable(Tensor(2, 0))), ValueError);
}
