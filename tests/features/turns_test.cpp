#include "backend/cpu/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "mercer/base/random.hpp"

using namespace mercer;

TEST_CASE("sin and cos of turns are those of 2πu") {
  constexpr double allowed = sizeof(Real) == 8 ? 1e-14 : 3e-7;
  Random random(1);
  double worst = 0;
  for (int n = 0; n < 200000; ++n) {
    const Real u = static_cast<Real>(random.uniform(-1, 1) * std::pow(10.0, random.uniform(-6, 3)));
    const auto [sine, cosine] = cpu::sin_cos_of_turns(u);
    const double whole = std::nearbyint(static_cast<double>(u)),
                 angle = 2 * std::numbers::pi * (static_cast<double>(u) - whole);
    worst = std::max({worst, std::abs(static_cast<double>(sine) - std::sin(angle)),
                      std::abs(static_cast<double>(cosine) - std::cos(angle))});
  }
  CHECK(worst < allowed);
  for (const Real u : {Real(0), Real(0.25), Real(0.5), Real(0.75), Real(-0.25), Real(1)}) {
    const auto [sine, cosine] = cpu::sin_cos_of_turns(u);
    CHECK(sine == doctest::Approx(std::sin(2 * std::numbers::pi * static_cast<double>(u))).epsilon(1e-6));
    CHECK(cosine == doctest::Approx(std::cos(2 * std::numbers::pi * static_cast<double>(u))).epsilon(1e-6));
  }
  CHECK(std::isnan(cpu::sin_cos_of_turns(std::numeric_limits<Real>::infinity()).sin));
  CHECK(std::isnan(cpu::sin_cos_of_turns(std::numeric_limits<Real>::quiet_NaN()).cos));
}
