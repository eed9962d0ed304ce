#pragma once

#include <limits>

#include "mercer/base/option_list.hpp"

namespace mercer {

/// Decides when to stop and which epoch's parameters to keep, by the loss and the score of the validation nodes. The
/// score is accuracy or another metric; higher is better. `patience` epochs in a row without progress end the training.
enum class StopRule {
  /// The authors of GAT: progress is a score or a loss as good as the best so far; parameters are kept when
  /// both are (github.com/PetarV-/GAT, execute_cora.py).
  gat_authors,
  /// Progress is a loss below the best so far; those parameters are kept.
  validation_loss,
  /// Progress is a score as good as the best so far; those parameters are kept (GAT on Citeseer).
  validation_score,
  /// Never stops; the last parameters are kept.
  fixed_epochs,
};

inline constexpr Choice<StopRule> stop_rule_choices[]{{"gat", StopRule::gat_authors},
                                                      {"loss", StopRule::validation_loss},
                                                      {"score", StopRule::validation_score},
                                                      {"fixed", StopRule::fixed_epochs}};

/// The state of the rules between epochs.
struct StopState {
  double best_score = -std::numeric_limits<double>::infinity();
  double best_loss = std::numeric_limits<double>::infinity();
  Index kept_epoch = -1;  // the epoch whose parameters are kept; −1: none yet
  Index waited = 0;       // epochs since the last progress
  friend bool operator==(const StopState&, const StopState&) = default;
};

class EarlyStopping {
 public:
  /// Throws ValueError unless patience ≥ 1.
  explicit EarlyStopping(StopRule rule, Index patience = 100, const StopState& state = {});

  /// Records an epoch; true when its parameters are to be kept.
  bool keep(Index epoch, double loss, double score);
  bool stop() const { return rule_ != StopRule::fixed_epochs && state_.waited >= patience_; }

  StopState state() const { return state_; }

 private:
  StopRule rule_;
  Index patience_;
  StopState state_;
};

}  // namespace mercer
