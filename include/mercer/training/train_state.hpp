#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "mercer/training/early_stopping.hpp"
#include "mercer/training/optimizer.hpp"

namespace mercer {

/// Loss and score of the model on some examples, without dropout.
struct Scores {
  double loss = 0;   // lower is better
  double score = 0;  // higher is better: accuracy, or another metric
};

/// The results of an epoch.
struct EpochReport {
  Index epoch = 0;           // from 0
  double train_loss = 0;     // with dropout and penalty, before each step; mean over the batches
  double gradient_norm = 0;  // before clipping; the largest of the batches
  double learning_rate = 0;
  std::optional<Scores> validation{};  // after the last step; absent without validation
  bool kept = false;                   // these parameters are the best so far
  double epoch_ms = 0;                 // forward, backward, steps
  double evaluation_ms = 0;
};

/// The state of training between steps. Training that resumes from it gives the same bits, since draws are numbered by
/// seed and step.
struct TrainState {
  std::uint64_t seed = 0;
  Index epochs = 0;           // done
  Index batch = 0;            // batches done in the current epoch
  EpochReport under_way{};    // the results of the current epoch so far
  NamedTensors parameters{};  // after the last step
  NamedTensors buffers{};     // after the last step
  NamedTensors kept{};        // the best parameters and buffers so far; empty when these are the last
  OptimizerState optimizer{};
  StopState stopping{};
  std::vector<EpochReport> history{};  // [epochs]
};

/// One tensor file: "parameters/NAME", "buffers/NAME", "kept/NAME", "first/NAME", "second/NAME", the tables "history"
/// (a row an epoch), "under_way" (one row) and "stopping", and format, seed, epochs, batch, steps and rule as metadata.
/// The file is written completely or not at all.
void save_state(const std::filesystem::path& path, const TrainState& state);

/// Throws FileError unless the file has this format.
TrainState load_state(const std::filesystem::path& path);

}  // namespace mercer
