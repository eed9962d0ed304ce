#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "mercer/training/early_stopping.hpp"
#include "mercer/training/optimizer.hpp"

namespace mercer {

/// How good the model is on one set of nodes, without dropout.
struct Scores {
  double loss = 0;  // mean cross entropy
  double accuracy = 0;
  double score = 0;  // of the metric that was asked for
};

/// What is known after an epoch.
struct EpochReport {
  Index epoch = 0;           // from 0
  double train_loss = 0;     // with dropout and penalty, before the step
  double gradient_norm = 0;  // before clipping
  double learning_rate = 0;
  std::optional<Scores> validation{};  // after the step; absent without validation nodes
  bool kept = false;                   // are these the parameters to keep, so far?
  double epoch_ms = 0;                 // forward, backward, step
  double evaluation_ms = 0;
};

/// All that training needs to go on to the same bits: every draw is named by seed and epoch.
struct TrainState {
  std::uint64_t seed = 0;
  Index epochs = 0;         // done
  NamedTensors parameters;  // after the last epoch
  NamedTensors kept;        // the best so far; empty when these are the last
  OptimizerState optimizer;
  StopState stopping;
  std::vector<EpochReport> history;  // [epochs]
};

/// One tensor file: "parameters/NAME", "kept/NAME", "first/NAME", "second/NAME", the tables "history" (a row an
/// epoch) and "stopping", and seed, epochs, steps and rule as metadata. Written whole or not at all.
void save_state(const std::filesystem::path& path, const TrainState& state);

/// Throws FileError unless it is such a file.
TrainState load_state(const std::filesystem::path& path);

}  // namespace mercer
