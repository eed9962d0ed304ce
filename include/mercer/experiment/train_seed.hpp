#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

struct TrainedModel;

/// The callbacks of a training, and the state it resumes from.
struct TrainHooks {
  std::function<void(const EpochReport&)> on_epoch{};
  std::function<bool()> interrupted{};
  std::function<void(const TrainState&)> on_save{};  // every 100 epochs and at an interrupt
  std::optional<TrainState> resume{};
  bool scores_test = true;              // false: test nodes are not read
  const TrainedModel* first = nullptr;  // whose parameters are the first values; null: random ones
};

/// A trained seed: its result, the model with the best parameters, and the state of the training.
struct SeedRun {
  SeedResult result;
  Model model;
  TrainResult trained;
  ColumnScales scales{};  // of sequences, by which this seed's features were standardised
};

/// Trains seed number `turn`. Throws ValueError.
SeedRun train_seed(const Problem& problem, const Settings& settings, std::uint64_t seed, Index turn, TrainHooks hooks);

/// An epoch as a row of the history.
EpochRow row_of(const EpochReport& report);

}  // namespace mercer
