#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/training/batch.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/schedule.hpp"
#include "mercer/training/train_state.hpp"

/// Training:  θ ← θ − η ∂/∂θ loss(batch), one step a batch.
namespace mercer {

/// What several ranks need to train one model together. All of them must train, with the same options, and come to the
/// same result.
struct Sharing {
  Index first = 0;                                          // number of the first own node
  int ranks = 1;                                            // how many train
  std::function<void(View)> add_up;                         // x ← Σ over ranks of x
  std::function<void(const Parameters&)> add_up_gradients;  // the same for all gradients together
};

/// The examples that scores are of.
enum class Subset { train, validation, test };

/// What is to be learnt. Without `predict` and `score` nothing is validated: all epochs run, the last parameters stay.
/// node_classification (node_classification.hpp) makes the task of one graph whose nodes have classes.
struct Task {
  Parameters parameters;  // what the steps change
  /// The loss [1, 1] of a batch. Draws come from the pass. With sharing, this rank's share of it: they are summed.
  std::function<Variable(const Batch&, Pass&)> loss;
  /// What the scores are made from, without dropout: the logits of all nodes, say. Asked after each epoch.
  std::function<Variable(Pass&)> predict{};
  /// How good a prediction is; absent when the subset is empty, its loss not finite when the prediction isn't.
  std::function<std::optional<Scores>(ConstView prediction, Subset)> score{};
  BatchSource batches{};  // everything at once
  Parameters buffers{};   // what `loss` changes itself, without gradients: running statistics, kept noise; saved, too
  std::optional<Sharing> sharing{};
};

struct TrainOptions {
  Index epochs = 1000;     // at most
  std::uint64_t seed = 0;  // of every draw of training: step s, counted from the first epoch on, uses (seed, s)
  UpdateRule optimizer = Adam{.learning_rate = 0.005, .weight_decay = 5e-4};
  Schedule schedule = constant_rate();
  double clip_norm = 0;  // 0: gradients aren't clipped
  StopRule stop = StopRule::gat_authors;
  Index patience = 100;
  /// On a CUDA device epochs of one whole batch are captured as CUDA graphs and replayed, to the same bits. What `loss`
  /// and `predict` do on the host is then done once: it must be the same in each epoch, but for draws from the Pass.
  bool cuda_graph = true;

  std::function<void(const EpochReport&)> on_epoch{};  // after each epoch
  std::function<bool()> interrupted{};                 // asked before each step; true ends training cleanly
  Index save_every = 0;                                // steps between calls of on_save; 0: never
  std::function<void(const TrainState&)> on_save{};
  std::optional<TrainState> resume{};  // goes on from here, to the same bits as without the break
};

enum class Ending { all_epochs, early_stop, interrupted, diverged };
const char* name_of(Ending ending);  // "all epochs", "early stop", "interrupted", "diverged"

struct TrainResult {
  Ending ending = Ending::all_epochs;
  std::string note;        // what the user should know: where it diverged, why nothing stopped early; else empty
  std::string uncaptured;  // why a CUDA device couldn't replay the epochs; empty: it did, or wasn't to
  Index kept_epoch = -1;   // whose parameters the task now has; −1: those before the first epoch
  /// With those parameters; absent where the task has no score, or the loss is not finite.
  std::optional<Scores> train, validation, test;
  Tensor prediction;  // of those parameters, on the CPU; empty without `predict`
  TrainState state;   // after the last step: training can go on from it, unless it diverged
};

/// Trains until the stop rule, the last epoch, an interrupt or a loss that is not finite; leaves the kept parameters
/// and buffers in the task and tests them once. Test examples have no part in any choice. Without validation scores no
/// rule can stop or choose: all epochs run, the last parameters are kept, and the note says so.
/// When the loss or a gradient is not finite, the step isn't taken: the parameters kept so far stay, or the last.
/// Throws ValueError on a task without a loss, options that can't be, or a state of another run.
TrainResult train(const Task& task, const TrainOptions& options);

}  // namespace mercer
