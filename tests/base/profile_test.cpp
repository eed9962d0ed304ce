#include "mercer/base/profile.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/timed.hpp"

using namespace mercer;

namespace {

void do_timed_work() {
  const TimedPhase phase("forward");
  for (Index l = 1; l <= 2; ++l) {
    const TimedPart part("layer", l);
    const Timed first(Profile::Kind::op, "gemm");
  }
}

}  // namespace

TEST_CASE("a profile is a tree: the same scope is found again, and parents have the time of their children") {
  Profile profile;
  do_timed_work();  // without a profile: nothing
  CHECK(profile.scopes().size() == 1);
  for (int round = 0; round < 3; ++round) {
    const Profiling on(&profile);
    do_timed_work();
    CHECK(profile.here() == 0);
  }
  do_timed_work();  // after it: nothing
  const auto& scopes = profile.scopes();
  REQUIRE(scopes.size() == 6);  // whole, forward, two layers with one operator each
  CHECK(std::string(scopes[1].name) == "forward");
  CHECK(scopes[1].children.size() == 2);
  for (std::size_t n = 0; n < scopes.size(); ++n) {
    CHECK(scopes[n].calls == 3);
    double within = 0;
    for (const std::size_t child : scopes[n].children) {
      CHECK(scopes[child].parent == n);
      within += scopes[child].seconds;
    }
    CHECK(within <= scopes[n].seconds);
  }
}

TEST_CASE("a gradient is timed in the part that its value was made in, in the phase of now") {
  Profile profile, other;
  const Profiling on(&profile);
  std::size_t place = 0;
  {
    const TimedPhase phase("forward");
    const TimedPart part("layer", 7);
    const Timed made(Profile::Kind::op, "gemm");
    place = profiled_place();
  }
  const TimedPhase phase("backward");
  {
    const TimedPlace again(place);
    const auto& scopes = profile.scopes();
    CHECK(scopes[profile.here()].number == 7);
    CHECK(std::string(scopes[scopes[profile.here()].parent].name) == "backward");
  }
  {
    const TimedPlace unknown(1000);  // of another profile
    CHECK(std::string(profile.scopes()[profile.here()].name) == "backward");
  }
}
