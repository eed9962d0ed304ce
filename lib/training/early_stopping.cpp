#include "mercer/training/early_stopping.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr std::array<std::pair<StopRule, const char*>, 4> rule_names{{{StopRule::gat_authors, "gat"},
                                                                      {StopRule::validation_loss, "loss"},
                                                                      {StopRule::validation_score, "score"},
                                                                      {StopRule::fixed_epochs, "fixed"}}};

struct Progress {
  bool resets = false;  // sets the counter of epochs without progress to 0
  bool keeps = false;   // keeps the parameters
};

Progress progress(StopRule rule, const StopState& best, double loss, double score) {
  switch (rule) {
    case StopRule::gat_authors: {
      const bool score_holds = score >= best.best_score, loss_holds = loss <= best.best_loss;
      return {score_holds || loss_holds, score_holds && loss_holds};
    }
    case StopRule::validation_loss:
      return {loss < best.best_loss, loss < best.best_loss};
    case StopRule::validation_score:
      return {score >= best.best_score, score >= best.best_score};
    case StopRule::fixed_epochs:
      break;
  }
  return {true, true};
}

}  // namespace

EarlyStopping::EarlyStopping(StopRule rule, Index patience, const StopState& state)
    : rule_(rule), patience_(patience), state_(state) {
  require(patience >= 1, "EarlyStopping", "patience: got " + std::to_string(patience) + ", want at least 1");
}

bool EarlyStopping::keep(Index epoch, double loss, double score) {
  const auto [resets, keeps] = progress(rule_, state_, loss, score);
  state_.best_score = std::max(state_.best_score, score);
  state_.best_loss = std::min(state_.best_loss, loss);
  state_.waited = resets ? 0 : state_.waited + 1;
  if (keeps) state_.kept_epoch = epoch;
  return keeps;
}

const char* name_of(StopRule rule) {
  return std::ranges::find(rule_names, rule, &std::pair<StopRule, const char*>::first)->second;
}

StopRule stop_rule_named(std::string_view name) {
  for (const auto& [rule, known] : rule_names)
    if (name == known) return rule;
  throw ValueError("[stop_rule_named] \"" + std::string(name) + "\": want gat, loss, score or fixed");
}

}  // namespace mercer
