#include "mercer/training/regression.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "mercer/base/check.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("errors of predictions by their definitions, on the given rows only") {
  const Tensor y = Tensor::from({{1, 10}, {2, 20}, {4, 60}, {100, 100}});
  const Tensor x = Tensor::from({{2, 10}, {2, 26}, {3, 58}, {0, 0}});
  const std::vector<Node> rows{0, 1, 2};
  CHECK(mean_absolute_error(x, y, rows) == doctest::Approx((1 + 0 + 0 + 6 + 1 + 2) / 6.0));
  CHECK(mean_squared_error(x, y, rows) == doctest::Approx((1 + 0 + 0 + 36 + 1 + 4) / 6.0));
  CHECK(root_mean_squared_error(x, y, rows) == doctest::Approx(std::sqrt(42 / 6.0)));
  // Σ (y − ȳ)²: of 1, 2, 4 about 7/3, and of 10, 20, 60 about 30
  const double first = 1 - 2 / (42.0 / 9), second = 1 - 40 / 1400.0;
  CHECK(r_squared(x, y, rows) == doctest::Approx((first + second) / 2));
}

TEST_CASE("the mean has an R² of 0, the targets have one of 1, worse is below 0") {
  const Tensor y = Tensor::from({{1}, {2}, {3}});
  const std::vector<Node> rows{0, 1, 2};
  CHECK(r_squared(Tensor::filled(3, 1, 2), y, rows) == doctest::Approx(0));
  CHECK(r_squared(y, y, rows) == 1);
  CHECK(r_squared(Tensor::from({{3}, {2}, {1}}), y, rows) == doctest::Approx(-3));
  CHECK(mean_absolute_error(y, y, rows) == 0);
}

TEST_CASE("undefined regression metrics are refused") {
  const Tensor x(3, 2), y(3, 2);
  const std::vector<Node> good{0, 2}, none, outside{3};
  for (const auto metric : {mean_absolute_error, mean_squared_error, r_squared}) {
    CHECK_THROWS_AS(metric(x, y, none), ValueError);
    CHECK_THROWS_AS(metric(x, y, outside), ValueError);
    CHECK_THROWS_AS(metric(x, Tensor(3, 1), good), ShapeError);
    CHECK_THROWS_AS(metric(x, Tensor(2, 2), good), ShapeError);
    CHECK_THROWS_AS(metric(Tensor(3, 0), Tensor(3, 0), good), ValueError);
    CHECK_THROWS_AS(metric(x, Tensor::filled(3, 2, std::numeric_limits<Real>::quiet_NaN()), good), ValueError);
  }
  CHECK(message_of<ValueError>([&] { r_squared(x, y, good); }) ==
        "[r_squared] the targets of column 0 are all the same");
  CHECK(std::isnan(mean_absolute_error(Tensor::filled(3, 2, std::numeric_limits<Real>::quiet_NaN()), y, good)));
}
