#include "mercer/training/early_stopping.hpp"

#include <algorithm>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

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

}  // namespace mercer
