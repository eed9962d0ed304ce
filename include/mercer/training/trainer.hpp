#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/base/profile.hpp"
#include "mercer/training/batch.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/schedule.hpp"
#include "mercer/training/train_state.hpp"

/// Training:  θ ← θ − η ∂/∂θ loss(batch), one step a batch.
namespace mercer {

/// The functions for several ranks that train one model together. All ranks must call train with the same options; all
/// get the same result.
struct Sharing {
  Index first = 0;                                          // number of the first own node
  int ranks = 1;                                            // number of ranks
  std::function<void(View)> add_up;                         // x ← Σ over ranks of x
  std::function<void(const Parameters&)> add_up_gradients;  // the same for all gradients together
};

/// The examples on which a score is computed.
enum class Subset { train, validation, test };

/// A learning task. Without `predict` and `score` there is no validation: all epochs run, and the last parameters stay.
/// node_classification (node_classification.hpp) makes the task of a graph whose nodes have classes.
struct Task {
  Parameters parameters;  // updated by the steps
  /// The loss [1, 1] of a batch. Random numbers come from the pass. With sharing, this rank's share: shares are summed.
  std::function<Variable(const Batch&, Pass&)> loss;
  /// The prediction for the scores, without dropout, for example the logits of all nodes. Called after each epoch.
  std::function<Variable(Pass&)> predict{};
  /// The same for the validation scores of an epoch, where they need less than all of it: other rows may be anything.
  /// Absent: predict.
  std::function<Variable(Pass&)> predict_validation{};
  /// Loss and score of a prediction; nothing when the subset is empty. The loss is not finite when the prediction
  /// isn't.
  std::function<std::optional<Scores>(ConstView prediction, Subset)> score{};
  BatchSource batches{};  // default: everything at once
  Parameters buffers{};   // changed by `loss` itself, without gradients: running statistics, kept noise; saved, too
  std::optional<Sharing> sharing{};
};

struct TrainOptions {
  Index epochs = 1000;     // at most
  std::uint64_t seed = 0;  // of all random numbers: step s, counted from the first epoch on, uses (seed, s)
  UpdateRule optimizer = Adam{.learning_rate = 0.005, .weight_decay = 5e-4};
  Schedule schedule = constant_rate();  // by epoch
  Schedule step_schedule{};             // another factor, by step from the first epoch on; absent: 1
  double clip_norm = 0;                 // 0: gradients aren't clipped
  StopRule stop = StopRule::gat_authors;
  Index patience = 100;
  /// On a CUDA device, epochs of one whole batch are captured as CUDA graphs and replayed, with the same bits. `loss`
  /// and `predict` then run on the host only once, so they must do the same in each epoch, except for draws from the
  /// Pass.
  bool cuda_graph = true;
  /// Filled with the time of steps and evaluations by operator: phases forward, backward, optimiser, evaluation. The
  /// bits are those of a training without it; on a CUDA device no epoch is replayed.
  Profile* profile = nullptr;

  std::function<void(const EpochReport&)> on_epoch{};  // after each epoch
  std::function<bool()> interrupted{};                 // called before each step; true ends training cleanly
  Index save_every = 0;                                // steps between calls of on_save; 0: never
  std::function<void(const TrainState&)> on_save{};
  std::optional<TrainState> resume{};  // continue from this state, with the bits of a run without interruption
};

enum class Ending { all_epochs, early_stop, interrupted, diverged };
const char* name_of(Ending ending);  // "all epochs", "early stop", "interrupted", "diverged"

struct TrainResult {
  Ending ending = Ending::all_epochs;
  std::string note;        // a message for the user: where it diverged, why nothing stopped early; else empty
  std::string uncaptured;  // why a CUDA device couldn't replay the epochs; empty when it did, or was not asked to
  Index kept_epoch = -1;   // the epoch whose parameters the task now has; −1: the initial ones
  /// Scores of these parameters; absent when the task has no score, or the loss is not finite.
  std::optional<Scores> train, validation, test;
  Tensor prediction;  // of these parameters, on the CPU; empty without `predict`
  TrainState state;   // after the last step; training can resume from it, unless it diverged
};

/// Trains until the stop rule, the last epoch, an interrupt or a loss that is not finite. Then puts the kept parameters
/// and buffers into the task and tests them once; test examples have no part in any choice. Without validation scores
/// all epochs run, the last parameters are kept, and the note says so.
/// When the loss or a gradient is not finite, the step isn't taken, and the result has the best parameters so far, or
/// the last. Throws ValueError on a task without a loss, options out of range, or a state of another run.
TrainResult train(const Task& task, const TrainOptions& options);

}  // namespace mercer
