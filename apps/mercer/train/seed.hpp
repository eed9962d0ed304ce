#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "mercer/training/trainer.hpp"
#include "train/problem.hpp"

namespace mercer::program {

/// What training tells while it lasts, and where it goes on.
struct Hooks {
  std::function<void(const EpochReport&)> on_epoch{};
  std::function<bool()> interrupted{};
  std::function<void(const TrainState&)> on_save{};  // now and then
  std::optional<TrainState> resume{};
  bool scores_test = true;  // else the test nodes are not looked at
};

/// One seed, trained: what came of it, the model with the parameters that were kept, and how to go on.
struct SeedRun {
  SeedResult result;
  Model model;
  TrainResult trained;
};

/// Trains the `turn`-th model, with `seed`. Throws UsageError, ValueError.
SeedRun train_seed(const Problem& problem, const Settings& settings, std::uint64_t seed, Index turn, Hooks hooks);

/// An epoch as the log tells it.
EpochRow row_of(const EpochReport& report);

}  // namespace mercer::program
