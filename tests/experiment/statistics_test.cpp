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

TEST_CASE("the signed-rank test by all choices of signs") {
  // ranks 1, 2, 3, all positive: of 8 choices of signs two are as unequal
  CHECK(signed_rank_test({2, 4, 6}, {1, 2, 3}) == doctest::Approx(2.0 / 8));
  CHECK(signed_rank_test({1, 2, 3}, {2, 4, 6}) == doctest::Approx(2.0 / 8));
  // differences 1, −2, 3: sums 4 and 2; {}, {1}, {2}, {3}, {1, 3} … 6 of 8 differ by at least 2
  CHECK(signed_rank_test({1, 0, 3}, {0, 2, 0}) == doctest::Approx(6.0 / 8));
  // ties: sizes 1, 1, 2 have ranks 1.5, 1.5, 3; the signs + + − give 3 and 3, as unequal as any
  CHECK(signed_rank_test({1, 1, 0}, {0, 0, 2}) == doctest::Approx(1));
  CHECK(signed_rank_test({1, 1, 2}, {0, 0, 0}) == doctest::Approx(2.0 / 8));
  // equal pairs and missing values are left out
  CHECK(signed_rank_test({2, 4, 6, 5, not_given}, {1, 2, 3, 5, 1}) == doctest::Approx(2.0 / 8));
  CHECK(signed_rank_test({}, {}) == 1);
  CHECK_THROWS_AS(signed_rank_test({1}, {1, 2}), ValueError);
}

TEST_CASE("the signed-rank test agrees with the table of Wilcoxon") {
  // n = 10, the smaller sum is 8: P = 0.048828125 on both sides (25 of 1,024 subsets reach at most 8)
  std::vector<double> a, b(10, 0);
  for (int rank = 1; rank <= 10; ++rank)
    a.push_back(rank == 8 ? -rank : rank);
  CHECK(signed_rank_test(a, b) == doctest::Approx(0.048828125));
}

TEST_CASE("Holm's adjustment by hand") {
  const std::vector<double> p = holm_adjusted({0.04, 0.01, not_given, 0.03});
  CHECK(p[1] == doctest::Approx(0.03));
  CHECK(p[3] == doctest::Approx(0.06));
  CHECK(p[0] == doctest::Approx(0.06));  // not below the one before it
  CHECK(std::isnan(p[2]));
  CHECK(holm_adjusted({0.7, 0.6})[0] == 1);
  CHECK(holm_adjusted({}).empty());
}
