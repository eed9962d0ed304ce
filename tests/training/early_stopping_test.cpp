#include "mercer/training/early_stopping.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mercer/base/check.hpp"

using namespace mercer;

namespace {

struct LossAndScore {
  double loss, score;
};

/// 'K' for an epoch whose parameters are kept, '.' for another; '!' where training stops.
std::string story(StopRule rule, Index patience, const std::vector<LossAndScore>& epochs) {
  EarlyStopping stopping(rule, patience);
  std::string text;
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    text += stopping.keep(static_cast<Index>(e), epochs[e].loss, epochs[e].score) ? 'K' : '.';
    if (stopping.stop()) return text + '!';
  }
  return text;
}

}  // namespace

TEST_CASE("the rule of the authors of GAT") {
  const auto gat = StopRule::gat_authors;
  SUBCASE("either resets the counter, only both keep the parameters") {
    // both better; score equal and loss equal; loss better only; score better only; neither; neither
    CHECK(story(gat, 2, {{1.0, 0.5}, {1.0, 0.5}, {0.9, 0.4}, {2.0, 0.6}, {1.5, 0.5}, {1.5, 0.5}, {0.1, 0.9}}) ==
          "KK....!");
  }
  SUBCASE("a best score and a best loss of different epochs must both be reached") {
    CHECK(story(gat, 9, {{1.0, 0.5}, {0.5, 0.4}, {0.7, 0.6}, {0.6, 0.7}, {0.5, 0.7}}) == "K...K");
  }
  SUBCASE("progress in time starts the count anew") {
    CHECK(story(gat, 2, {{1.0, 0.5}, {1.1, 0.4}, {1.0, 0.1}, {1.1, 0.4}, {1.1, 0.4}}) == "K....!");
  }
  SUBCASE("a first epoch with score 0 is progress") { CHECK(story(gat, 1, {{5.0, 0.0}, {6.0, 0.0}}) == "K."); }
}

TEST_CASE("best validation loss: equal is no progress") {
  CHECK(story(StopRule::validation_loss, 2, {{1.0, 0}, {0.5, 0}, {0.5, 1}, {0.4, 0}, {0.4, 0}, {0.4, 0}, {0, 0}}) ==
        "KK.K..!");
}

TEST_CASE("validation score alone: as good as the best is progress, the loss doesn't matter") {
  CHECK(story(StopRule::validation_score, 2, {{1, 0.5}, {9, 0.5}, {0, 0.4}, {9, 0.6}, {0, 0.5}, {0, 0.5}, {0, 1}}) ==
        "KK.K..!");
}

TEST_CASE("fixed epochs never stop and keep the last") {
  CHECK(story(StopRule::fixed_epochs, 1, {{1, 1}, {2, 0}, {3, 0}, {4, 0}}) == "KKKK");
}

TEST_CASE("a rule resumes from its state") {
  const std::vector<LossAndScore> epochs{{1.0, 0.5}, {1.1, 0.4}, {1.2, 0.3}, {1.3, 0.2}};
  EarlyStopping straight(StopRule::gat_authors, 3), first(StopRule::gat_authors, 3);
  for (Index e = 0; e < 4; ++e)
    straight.keep(e, epochs[static_cast<std::size_t>(e)].loss, epochs[static_cast<std::size_t>(e)].score);
  for (Index e = 0; e < 2; ++e)
    first.keep(e, epochs[static_cast<std::size_t>(e)].loss, epochs[static_cast<std::size_t>(e)].score);
  EarlyStopping second(StopRule::gat_authors, 3, first.state());
  CHECK_FALSE(second.stop());
  for (Index e = 2; e < 4; ++e)
    second.keep(e, epochs[static_cast<std::size_t>(e)].loss, epochs[static_cast<std::size_t>(e)].score);
  CHECK(second.stop());
  CHECK(second.state() == straight.state());
  CHECK(second.state().kept_epoch == 0);
  CHECK(second.state().waited == 3);
}

TEST_CASE("rules by name, and invalid patience") {
  CHECK(std::string(name_of(StopRule::fixed_epochs, stop_rule_choices)) == "fixed");
  CHECK_THROWS_AS(EarlyStopping(StopRule::gat_authors, 0), ValueError);
}
