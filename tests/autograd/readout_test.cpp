#include "mercer/autograd/readout.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("the gradient of a maximum goes to the first row that has it") {
  const Variable x(Tensor::from({{1, 5}, {3, 5}, {3, -1}}), true);
  max_of_rows(x).backward(Tensor::from({{10, 20}}));
  CHECK(same_bits(x.grad(), Tensor::from({{0, 20}, {10, 0}, {0, 0}})));
}

TEST_CASE("a maximum of −inf is one, and NaN is larger than all") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Variable x(Tensor::from({{-infinity, 2, nan}, {-infinity, nan, 7}}), true);
  Variable y = max_of_rows(x);
  CHECK(y.value()(0, 0) == -infinity);
  CHECK(std::isnan(y.value()(0, 1)));
  CHECK(std::isnan(y.value()(0, 2)));
  y.backward(Tensor::from({{1, 1, 1}}));
  CHECK(same_bits(x.grad(), Tensor::from({{1, 0, 1}, {0, 1, 0}})));
}

TEST_CASE("softmax of large values and of −inf") {
  const Tensor y = softmax(Variable(Tensor::from({{1000, 1000, -1000}, {-infinity, 2, 2}}))).value();
  CHECK(max_abs_difference(y, Tensor::from({{0.5, 0.5, 0}, {0, 0.5, 0.5}})) < Real(1e-6));
}

TEST_CASE("many rows, many segments") {
  const Index n = 30000;
  Tensor x(n, 2);
  for (Index i = 0; i < n; ++i)
    x(i, 0) = 1, x(i, 1) = static_cast<Real>(i % 1000);
  std::vector<Index> offset;
  for (Index first = 0; first <= n; first += 1000)
    offset.push_back(first);
  const Tensor sums = sum_of_rows(Variable(x), offset).value(), most = max_of_rows(Variable(x), offset).value();
  REQUIRE(sums.rows() == 30);
  for (Index s = 0; s < 30; ++s) {
    CHECK(sums(s, 0) == 1000);
    CHECK(most(s, 1) == 999);
  }
}

TEST_CASE("offsets that do not cut x into segments are refused by name") {
  const Variable x(Tensor(4, 2));
  const std::vector<std::vector<Index>> bad{{}, {0, 3}, {1, 4}, {0, 5}, {0, 3, 2, 4}};
  for (const std::vector<Index>& offset : bad) {
    CHECK(message_of<ValueError>([&] { sum_of_rows(x, offset); }).starts_with("[sum_of_rows] offset"));
    CHECK(message_of<ValueError>([&] { mean_of_rows(x, offset); }).starts_with("[mean_of_rows] offset"));
    CHECK(message_of<ValueError>([&] { max_of_rows(x, offset); }).starts_with("[max_of_rows] offset"));
  }
}
