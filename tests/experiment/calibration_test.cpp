#include "mercer/experiment/calibration.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/base/check.hpp"

using namespace mercer;

TEST_CASE("calibration by hand") {
  // confidence 1/(1 + e^-2) = 0.8808 in class 0, 0.7311 in class 1, 0.5 undecided
  const Tensor logits = Tensor::from({{2, 0}, {2, 0}, {0, 1}, {0, 0}});
  const std::vector<std::int32_t> labels{0, 1, 1, 1};
  const std::vector<Node> rows{0, 1, 2, 3};
  const Reliability found = reliability(logits.view(), labels, rows);
  CHECK(found.bins[8].nodes == 2);
  CHECK(found.bins[8].right == 1);
  CHECK(found.bins[8].confidence == doctest::Approx(2 * 0.880797));
  CHECK(found.bins[7].right == 1);
  CHECK(found.bins[5].right == 0);
  const double gaps = std::abs(1 - 2 * 0.880797) + (1 - 0.731059) + 0.5;
  CHECK(expected_calibration_error(found) == doctest::Approx(gaps / 4));
  Reliability twice = found;
  twice += found;
  CHECK(twice.bins[8].nodes == 4);
  CHECK(expected_calibration_error(twice) == doctest::Approx(gaps / 4));
  CHECK(std::isnan(expected_calibration_error({})));
  const std::vector<std::int32_t> unlabelled{0, -1, 1, 1};
  CHECK_THROWS_AS(reliability(logits.view(), unlabelled, rows), ValueError);
}
