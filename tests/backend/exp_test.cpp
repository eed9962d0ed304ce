#include "backend/cpu/exp.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace mercer;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float smallest = std::numeric_limits<float>::min();
constexpr float largest = std::numeric_limits<float>::max();

/// Error in units in the last place of the right answer.
double ulps(float got, double want) {
  if (std::isnan(got)) return 1e9;
  if (std::isinf(got)) return want > largest ? 0 : 1e9;
  const int exponent = std::max(std::ilogb(want == 0 ? smallest : want), -126);
  return std::abs(got - want) / std::ldexp(1.0, exponent - 23);
}

/// Every stride-th float of [from, to], both positive or both negative.
template <class Visit>
void visit_floats(float from, float to, std::uint32_t stride, Visit&& visit) {
  const auto a = std::bit_cast<std::uint32_t>(from), b = std::bit_cast<std::uint32_t>(to);
  for (std::uint64_t bits = std::min(a, b); bits <= std::max(a, b); bits += stride)
    visit(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
}

}  // namespace

TEST_CASE("exp is within 2 units in the last place wherever the result is a normal number") {
  double worst = 0;
  const auto look = [&](float x) { worst = std::max(worst, ulps(cpu::exp_of(x), std::exp(double{x}))); };
  visit_floats(smallest, 88.7228f, 641, look);
  visit_floats(-smallest, -87.3365f, 641, look);
  MESSAGE("worst: " << worst << " ulp");
  CHECK(worst <= 2);
}

TEST_CASE("exp at the ends: 0 below the normal numbers, inf above, NaN stays") {
  CHECK(cpu::exp_of(0.0f) == 1);
  CHECK(cpu::exp_of(-0.0f) == 1);
  CHECK(cpu::exp_of(-infinity) == 0);
  CHECK(cpu::exp_of(-largest) == 0);
  CHECK(cpu::exp_of(-87.34f) == 0);
  CHECK(cpu::exp_of(-87.33f) >= smallest);
  CHECK(std::isfinite(cpu::exp_of(88.72f)));
  CHECK(cpu::exp_of(88.73f) == infinity);
  CHECK(cpu::exp_of(largest) == infinity);
  CHECK(cpu::exp_of(infinity) == infinity);
  CHECK(std::isnan(cpu::exp_of(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("exp − 1 keeps its digits near 0, ends at −1 and at inf") {
  double worst = 0;
  const auto look = [&](float x) { worst = std::max(worst, ulps(cpu::exp_minus_1_of(x), std::expm1(double{x}))); };
  visit_floats(smallest, 88.7f, 641, look);
  visit_floats(-smallest, -100.0f, 641, look);
  MESSAGE("worst: " << worst << " ulp");
  CHECK(worst <= 2);
  CHECK(cpu::exp_minus_1_of(0.0f) == 0);
  CHECK(cpu::exp_minus_1_of(-infinity) == -1);
  CHECK(cpu::exp_minus_1_of(-largest) == -1);
  CHECK(cpu::exp_minus_1_of(infinity) == infinity);
  CHECK(std::isnan(cpu::exp_minus_1_of(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("log is within 2 units in the last place, also around 1") {
  double worst = 0;
  const auto look = [&](float x) { worst = std::max(worst, ulps(cpu::log_of(x), std::log(double{x}))); };
  visit_floats(smallest, largest, 641, look);
  visit_floats(0.99f, 1.01f, 1, look);
  MESSAGE("worst: " << worst << " ulp");
  CHECK(worst <= 2);
  CHECK(cpu::log_of(1.0f) == 0);
  CHECK(cpu::log_of(0.0f) == -infinity);
  CHECK(cpu::log_of(infinity) == infinity);
  CHECK(cpu::log_of(-0.0f) == -infinity);
  for (const float below : {std::numeric_limits<float>::quiet_NaN(), -smallest, -1.0f, -largest, -infinity})
    CHECK(std::isnan(cpu::log_of(below)));
}

TEST_CASE("ln(1 + e^x), e^(−x²/2) and Φ(x) are within a few units in the last place, far out, too") {
  double softplus = 0, bell = 0, cdf = 0;
  const auto look = [&](float x) {
    softplus = std::max(softplus, ulps(cpu::log_1_plus_exp_of(x), std::log1p(std::exp(double{x}))));
    if (std::abs(x) > 13.1f) return;  // the result is no normal number
    bell = std::max(bell, ulps(cpu::bell_of(x), std::exp(-double{x} * double{x} / 2)));
    cdf = std::max(cdf, ulps(cpu::normal_cdf_of(x), std::erfc(-double{x} * std::sqrt(0.5)) / 2));
  };
  visit_floats(smallest, 88.0f, 641, look);
  visit_floats(-smallest, -87.3f, 641, look);
  visit_floats(1.0f, 13.0f, 37, look);
  visit_floats(-1.0f, -13.0f, 37, look);
  MESSAGE("worst: " << softplus << ", " << bell << ", " << cdf << " ulp");
  CHECK(softplus <= 3);
  CHECK(bell <= 2);
  CHECK(cdf <= 5);
}

TEST_CASE("ln(1 + e^x), e^(−x²/2) and Φ(x) at the ends") {
  constexpr float no_number = std::numeric_limits<float>::quiet_NaN();
  CHECK(cpu::log_1_plus_exp_of(-infinity) > 0);
  CHECK(cpu::log_1_plus_exp_of(-infinity) < 1e-37f);
  CHECK(cpu::log_1_plus_exp_of(largest) == largest);
  CHECK(cpu::log_1_plus_exp_of(infinity) == infinity);
  CHECK(cpu::bell_of(0.0f) == 1);
  CHECK(cpu::normal_cdf_of(0.0f) == 0.5f);
  for (const float far : {15.0f, 100.0f, largest, infinity}) {
    CHECK(cpu::bell_of(far) == 0);
    CHECK(cpu::bell_of(-far) == 0);
    CHECK(cpu::normal_cdf_of(far) == 1);
    CHECK(cpu::normal_cdf_of(-far) == 0);
  }
  for (const float none : {no_number, -no_number}) {
    CHECK(std::isnan(cpu::log_1_plus_exp_of(none)));
    CHECK(std::isnan(cpu::bell_of(none)));
    CHECK(std::isnan(cpu::normal_cdf_of(none)));
  }
}

TEST_CASE("a vector loop gives the bits of one call at a time") {
  std::vector<float> x;
  visit_floats(1e-6f, 100.0f, 99991, [&](float value) {
    x.push_back(value);
    x.push_back(-value);
  });
  const auto different = [&](auto&& function) {
    std::vector<float> loop(x.size());
    for (std::size_t n = 0; n < x.size(); ++n)
      loop[n] = function(x[n]);
    std::size_t count = 0;
    for (std::size_t n = 0; n < x.size(); ++n) {
      const volatile float alone = x[n];
      count += function(alone) != loop[n] ? 1 : 0;
    }
    return count;
  };
  CHECK(different([](float value) { return cpu::exp_of(value); }) == 0);
  CHECK(different([](float value) { return cpu::normal_cdf_of(value); }) == 0);
  CHECK(different([](float value) { return cpu::log_1_plus_exp_of(value); }) == 0);
}

TEST_CASE("in double they are the standard ones") {
  for (const double x : {-700.0, -1.0, -1e-9, 0.0, 1e-9, 3.0}) {
    CHECK(cpu::exp_of(x) == std::exp(x));
    CHECK(cpu::exp_minus_1_of(x) == std::expm1(x));
  }
  CHECK(cpu::log_of(2.0) == std::log(2.0));
  CHECK(cpu::log_1_plus_exp_of(-1.0) == std::log1p(std::exp(-1.0)));
  CHECK(cpu::normal_cdf_of(-1.0) == std::erfc(std::sqrt(0.5)) / 2);
}
