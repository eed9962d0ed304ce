#include "mercer/experiment/statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "mercer/base/check.hpp"

using namespace mercer;

namespace {

constexpr double not_given = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("mean, sample deviation and median") {
  const Spread s = spread({1, 2, 3, not_given, 6});
  CHECK(s.mean == doctest::Approx(3));
  CHECK(s.deviation == doctest::Approx(std::sqrt(14.0 / 3)));
  CHECK(spread({4}).deviation == 0);
  CHECK(std::isnan(spread({}).mean));
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
  CHECK(median({}) == 0);
}

TEST_CASE("Student's quantiles are those of the tables") {
  CHECK(student_quantile(0.975, 1) == doctest::Approx(12.7062047));
  CHECK(student_quantile(0.975, 9) == doctest::Approx(2.2621572));
  CHECK(student_quantile(0.975, 19) == doctest::Approx(2.0930241));
  CHECK(student_quantile(0.95, 4) == doctest::Approx(2.1318468));
  CHECK(student_quantile(0.025, 9) == doctest::Approx(-2.2621572));
  CHECK(student_quantile(0.975, 1e7) == doctest::Approx(1.9599640));
  CHECK_THROWS_AS(student_quantile(1, 3), ValueError);
  CHECK_THROWS_AS(student_quantile(0.5, 0), ValueError);
}

TEST_CASE("an interval by hand, and pairs that lack a value") {
  const Estimate e = estimate({1, 2, 3, not_given});
  CHECK(e.mean == doctest::Approx(2));
  CHECK(e.count == 3);
  CHECK(e.high - e.mean == doctest::Approx(4.3026527 / std::sqrt(3.0)));
  CHECK(e.mean - e.low == doctest::Approx(e.high - e.mean));
  CHECK(std::isnan(estimate({4}).low));
  CHECK(std::isnan(estimate({}).mean));
  const Estimate d = paired_difference({3, 5, not_given, 9}, {1, 2, 3, not_given});
  CHECK(d.mean == doctest::Approx(2.5));
  CHECK(d.count == 2);
  CHECK_THROWS_AS(paired_difference({1}, {1, 2}), ValueError);
}
