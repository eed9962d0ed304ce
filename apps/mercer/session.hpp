#pragma once

#include <functional>
#include <optional>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/models/model.hpp"
#include "mercer/training/trainer.hpp"
#include "options.hpp"
#include "prepare.hpp"
#include "record.hpp"
#include "settings.hpp"

namespace mercer::program {

/// The data as a model hears them.
struct Problem {
  Prepared prepared;            // its features have moved into `input`
  Neighbourhood neighbourhood;  // the graph as it is, unless the model makes more of it
  Input input;                  // on the device of everything that is computed of it

  /// Throws ValueError when the model can't be, DeviceError when the device has no room for the features.
  Problem(Prepared from, const ModelOptions& model, const Machine& machine = {});
  Index features() const { return input.columns(); }
  Index classes() const { return prepared.data.classes(); }
  bool replays_epochs() const { return machine_.cuda_graph; }

  /// compute(), and when the device turns out to have no room for it, once more from the host, attention streaming
  /// through the device. Throws DeviceMemoryError when that is not allowed, UsageError when even for that there is no
  /// room.
  template <class Compute>
  auto with_room(Compute&& compute) {
    if (is_streamed()) return compute();
    try {
      return compute();
    } catch (const DeviceMemoryError& error) {
      make_room(error.what());
    }
    return compute();
  }
  /// "cpu", or the CUDA device and whether attention streams through it.
  std::string device_in_words() const;

 private:
  bool is_streamed() const { return neighbourhood.graph().stream() != nullptr; }
  /// Moves all to the host, and says what will be moved to and fro.
  void make_room(const std::string& why);

  ModelOptions model_;
  Machine machine_;
};

/// What a model says of every node, [n, classes], on the CPU; the model is where the input is.
Tensor logits_of(const Model& model, const Problem& problem);

/// Refuses a split that can't be trained on or scored, before anything is trained. Throws UsageError, ValueError.
void check_split(const Problem& problem, const Settings& settings, const Split& split);

/// Fills in what the model and the data leave open: the settings that bring the same model again.
/// Throws UsageError, ValueError when there can't be such a model.
void complete(Settings& settings, const Problem& problem);

/// Row i as probabilities: exp(x_ic) / Σ_c exp(x_ic).
std::vector<double> probabilities(const Tensor& logits, Index i);

DataFacts facts_of(const Problem& problem, const Split& split);

/// What training tells while it lasts, and where it goes on.
struct Hooks {
  std::function<void(const EpochReport&)> on_epoch;
  std::function<bool()> interrupted;
  std::function<void(const TrainState&)> on_save;  // now and then
  std::optional<TrainState> resume;
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
