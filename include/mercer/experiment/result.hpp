#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/experiment/data_facts.hpp"

namespace mercer {

/// One epoch of training. The two validation values are NaN without validation nodes.
struct EpochRow {
  int epoch = 0;  // counted from 1
  double train_loss = 0;
  double validation_loss = 0;
  double validation_metric = 0;
  double milliseconds = 0;  // forward, backward, step
};

/// The result of one seed. Shares are 0 … 1; NaN when there are no nodes.
struct SeedResult {
  std::uint64_t seed = 0;
  Index split = 0;       // number of the given split; 0 for a random one
  int epochs = 0;        // run
  int best_epoch = 0;    // whose parameters were kept
  std::string ended{};   // why it ended
  std::string note{};    // a remark for the user, or empty
  int refit_epochs = 0;  // of the model, which trained anew with the validation part; 0: it is that of best_epoch
  double train_accuracy = 0, validation_accuracy = 0, test_accuracy = 0;
  double validation_metric = 0, test_metric = 0;  // the chosen metric
  double test_loss = 0;
  Index guarded = 0;  // row sums of signed kernels that were too near 0 to divide by, over all passes since a resume
  std::vector<EpochRow> history{};
  /// Of the test nodes by name, where labels are no classes: micro-f1, r2, mae …; accuracy is then that of labels.
  std::vector<std::pair<std::string, double>> scores{};
  std::vector<Index> confusion{};  // [classes, classes] test nodes by true class (row) and predicted class (column)
};

/// Did a value become infinite or NaN? The result is then the best until that epoch.
bool has_diverged(const SeedResult& result);

/// Calls visit(name, field) for every field except refit_epochs, history, scores and confusion; `result` may be const.
template <class Result, class Visit>
void for_each_score(Result&& result, Visit&& visit) {
  visit("seed", result.seed);
  visit("split", result.split);
  visit("epochs", result.epochs);
  visit("best_epoch", result.best_epoch);
  visit("ended", result.ended);
  visit("note", result.note);
  visit("train_accuracy", result.train_accuracy);
  visit("validation_accuracy", result.validation_accuracy);
  visit("test_accuracy", result.test_accuracy);
  visit("validation_metric", result.validation_metric);
  visit("test_metric", result.test_metric);
  visit("test_loss", result.test_loss);
  visit("guarded", result.guarded);
}

}  // namespace mercer
