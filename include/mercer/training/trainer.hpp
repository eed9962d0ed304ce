#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/metric.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/schedule.hpp"
#include "mercer/training/train_state.hpp"

/// Training on the whole graph at once:  θ ← θ − η ∂/∂θ (cross entropy on the training nodes + penalty).
namespace mercer {

/// What a model says of all nodes. The penalty [1, 1] joins the loss; undefined means zero.
struct Prediction {
  Variable logits;  // [n, classes]
  Variable penalty{};
};

/// What several need to train one model together, each on a run of the graph's nodes; all of them must train, with the
/// same options, and come to the same result.
struct Sharing {
  Index first = 0;                                          // number of the first own node
  int ranks = 1;                                            // how many train
  std::function<void(View)> add_up;                         // x ← Σ over ranks of x
  std::function<void(const Parameters&)> add_up_gradients;  // the same for all gradients together
};

/// What is to be learnt. Looks at labels and nodes, which must outlive it.
struct Task {
  Parameters parameters;  // those that `predict` uses
  std::function<Prediction(Pass&)> predict;
  Labels labels;                 // [n], −1 for none
  Rows train, validation, test;  // nodes; only `train` must not be empty
  /// Given, `predict` says logits of own nodes alone; the rest of the task is of the whole graph, and so is the result.
  std::optional<Sharing> sharing{};
};

struct TrainOptions {
  Index epochs = 1000;     // at most
  std::uint64_t seed = 0;  // of every draw of training: dropout in epoch e uses (seed, e)
  UpdateRule optimizer = Adam{.learning_rate = 0.005, .weight_decay = 5e-4};
  Schedule schedule = constant_rate();
  double clip_norm = 0;  // 0: gradients aren't clipped
  StopRule stop = StopRule::gat_authors;
  Index patience = 100;
  Metric metric = Metric::accuracy;  // the score of the stop rule
  /// On a CUDA device epochs are captured as CUDA graphs and replayed, to the same bits. What `predict` does on the
  /// host is then done once: it must do the same in each epoch, but for what it draws from its Pass.
  bool cuda_graph = true;

  std::function<void(const EpochReport&)> on_epoch{};  // after each epoch
  std::function<bool()> interrupted{};                 // asked before each epoch; true ends training cleanly
  Index save_every = 0;                                // epochs between calls of on_save; 0: never
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
  /// With those parameters; absent where there are no nodes, or no finite logits.
  std::optional<Scores> train, validation, test;
  Tensor logits;     // [n, classes], of those parameters
  TrainState state;  // after the last epoch: training can go on from it, unless it diverged
};

/// Trains until the stop rule, the last epoch, an interrupt or a loss that is not finite; leaves the kept parameters
/// in the task and tests them once. Test nodes have no part in any choice. Without validation nodes no rule can
/// stop or choose: all epochs run, the last parameters are kept, and the note says so.
/// When the loss or a gradient is not finite, the step isn't taken: the parameters kept so far stay, or the last.
/// Throws ValueError on an empty training split, options that can't be, or a state of another run.
TrainResult train(const Task& task, const TrainOptions& options);

}  // namespace mercer
