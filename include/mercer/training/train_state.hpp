#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "mercer/training/early_stopping.hpp"
#include "mercer/training/optimizer.hpp"

namespace mercer {

/// How good the model is on some examples, without dropout.
struct Scores {
  double loss = 0;   // less is better
  double score = 0;  // more is better: accuracy, or another metric
};

/// What is known after an epoch.
struct EpochReport {
  Index epoch = 0;           // from 0
  double train_loss = 0;     // with dropout and penalty, before each step; mean over the batches
  double gradient_norm = 0;  // before clipping; the largest of the batches
  double learning_rate = 0;
  std::optional<Scores> validation{};  // after the last step; absent without validation
  bool kept = false;                   // are these the parameters to keep, so far?
  double epoch_ms = 0;                 // forward, backward, steps
  double evaluation_ms = 0;
};

/// All that training needs to go on to the same bits: every draw is named by seed and step.
struct TrainState {
  std::uint64_t seed = 0;
  Index epochs = 0;           // done
  Index batch = 0;            // batches done of the epoch after them
  EpochReport under_way{};    // what is known of that epoch
  NamedTensors parameters{};  // after the last step
  NamedTensors buffers{};     // the same
  NamedTensors kept{};        // parameters and buffers, the best so far; empty when these are the last
  OptimizerState optimizer{};
  StopState stopping{};
  std::vector<EpochReport> history{};  // [epochs]
};

/// One tensor file: "parameters/NAME", "buffers/NAME", "kept/NAME", "first/NAME", "second/NAME", the tables "history"
/// (a row an epoch), "under_way" (one row) and "stopping", and format, seed, epochs, batch, steps and rule as metadata.
/// Written whole or not at all.
void save_state(const std::filesystem::path& path, const TrainState& state);

/// Throws FileError unless it is such a file, of this format.
TrainState load_state(const std::filesystem::path& path);

}  // namespace mercer
