#include "mercer/base/brain_float.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "mercer/base/random.hpp"

using namespace mercer;

namespace {

float rounded(float x) { return BrainFloat::nearest(x).value(); }

}  // namespace

TEST_CASE("a brain float is the nearest of the floats whose lower half is 0") {
  Random random(3);
  for (int n = 0; n < 10000; ++n) {
    const auto x = std::ldexp(static_cast<float>(random.normal()), static_cast<int>(random.below(200)) - 100);
    const float got = rounded(x);
    const float up = BrainFloat{static_cast<std::uint16_t>(BrainFloat::nearest(x).bits + 1)}.value();
    const float down = BrainFloat{static_cast<std::uint16_t>(BrainFloat::nearest(x).bits - 1)}.value();
    REQUIRE(rounded(got) == got);
    REQUIRE(std::abs(got - x) <= std::abs(x) / 256);
    REQUIRE(std::abs(got - x) <= std::abs(up - x));
    REQUIRE(std::abs(got - x) <= std::abs(down - x));
    REQUIRE(rounded(-x) == -got);
  }
}

TEST_CASE("ties go to the even brain float") {
  constexpr float step = 0x1p-7f;  // between neighbours of 1
  CHECK(rounded(1 + step / 2) == 1);
  CHECK(rounded(1 + 3 * step / 2) == 1 + 2 * step);
  CHECK(rounded(std::nextafter(1 + step / 2, 2.0f)) == 1 + step);
  CHECK(rounded(std::nextafter(1 + 3 * step / 2, 1.0f)) == 1 + step);
  CHECK(rounded(2 - step / 2) == 2);  // carries into the exponent
}

TEST_CASE("zeros, subnormals, infinities and NaN") {
  constexpr float smallest = 0x1p-133f;  // of brain floats
  CHECK(std::signbit(rounded(-0.0f)));
  CHECK(rounded(0.0f) == 0);
  CHECK(rounded(smallest) == smallest);
  CHECK(rounded(smallest / 2) == 0);
  CHECK(rounded(3 * smallest / 2) == 2 * smallest);
  CHECK(rounded(std::numeric_limits<float>::denorm_min()) == 0);
  constexpr float infinity = std::numeric_limits<float>::infinity(), largest = 0x1.FEp127f;
  CHECK(rounded(infinity) == infinity);
  CHECK(rounded(-infinity) == -infinity);
  CHECK(rounded(largest) == largest);
  CHECK(rounded(std::nextafter(0x1.FFp127f, 0.0f)) == largest);
  CHECK(rounded(std::numeric_limits<float>::max()) == infinity);
  CHECK(std::isnan(rounded(std::numeric_limits<float>::quiet_NaN())));
  CHECK(std::isnan(rounded(std::bit_cast<float>(0x7f80'0001u))));  // its upper half is an infinity
  CHECK(std::isnan(rounded(std::bit_cast<float>(0xffff'ffffu))));  // rounding up would overflow to 0
}

TEST_CASE("storage") {
  CHECK(stored(Storage::real, Real(0.1)) == Real(0.1));
  CHECK(stored(Storage::bf16, Real(0.1)) == Real(0.10009765625));
}
