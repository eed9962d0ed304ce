#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mercer/base/profile.hpp"
#include "mercer/training/trainer.hpp"
#include "support/same_training.hpp"
#include "support/two_clouds.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a profile has every phase and operator of a training, whose bits it leaves alone") {
  TwoClouds plain, timed;
  Profile profile;
  TrainOptions o{.epochs = 10, .seed = 42};
  const TrainResult want = train(plain.task(), o);
  o.profile = &profile;
  check_same(train(timed.task(), o).state, want.state);
  const auto& scopes = profile.scopes();
  std::vector<std::string> phases;
  double operators = 0;
  for (const std::size_t phase : scopes.front().children)
    phases.emplace_back(scopes[phase].name);
  CHECK(phases == std::vector<std::string>{"forward", "backward", "optimiser", "evaluation"});
  for (const Profile::Scope& scope : scopes) {
    if (scope.kind != Profile::Kind::op) continue;
    operators += scope.seconds;
    CHECK(scopes[scope.parent].kind == Profile::Kind::phase);  // this model has no layers
    if (std::string(scope.name) == "adam_step") CHECK(scope.calls == 20);
  }
  CHECK(operators > 0);
  CHECK(operators <= scopes.front().seconds);
}
