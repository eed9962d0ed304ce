#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

/// What is called while a training lasts, and where it goes on.
struct TrainHooks {
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

/// Trains the `turn`-th model, with `seed`. Throws ValueError.
SeedRun train_seed(const Problem& problem, const Settings& settings, std::uint64_t seed, Index turn, TrainHooks hooks);

/// An epoch as a row of the history.
EpochRow row_of(const EpochReport& report);

}  // namespace mercer
