#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/result.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

struct TrainedModel;

/// The callbacks of a training, and the state it resumes from.
struct TrainHooks {
  std::function<void(const EpochReport&)> on_epoch{};
  std::function<bool()> interrupted{};
  std::function<void(const TrainState&)> on_save{};  // every 100 steps and at an interrupt
  std::optional<TrainState> resume{};
  std::function<void(const SeedResult&)> on_chosen{};  // with refit: the epoch is chosen, the second training begins
  std::optional<SeedResult> chosen{};   // of a resumed seed that had come so far; `resume` is of its refit
  bool scores_test = true;              // false: test nodes are not read
  const TrainedModel* first = nullptr;  // whose parameters are the first values; null: random ones
  Profile* profile = nullptr;           // of the training of the first rank, see TrainOptions
};

/// A trained seed: its result, the model with the best parameters, and the state of the training.
struct SeedRun {
  SeedResult result;
  Split split{};
  Model model;
  ModelOptions options{};  // of this model: landmarks that are training nodes are no more than these
  TrainResult trained;
  ColumnScales scales{};   // of sequences, by which this seed's features were standardised
  ColumnScales targets{};  // real targets are learned as (y − mean) · scale of the training nodes; else empty
};

/// Trains seed number `turn`. With refit the result tells of the training that chose the epoch, without looking at the
/// test, and its scores of training and test, the model and its split are those of the second training. Throws
/// ValueError.
SeedRun train_seed(const Problem& problem, const Settings& settings, std::uint64_t seed, Index turn, TrainHooks hooks);

/// Outputs x [n, t] in the units of the targets: mean + x / scale; unchanged without scales.
Tensor in_units(Tensor x, const ColumnScales& targets);

/// Targets [n, t] as they are learned: (y − mean) · scale; unchanged without scales.
Tensor in_scale(Tensor y, const ColumnScales& targets);

/// The scores of targets on some rows, by name: of several labels micro-f1, macro-f1, accuracy, and roc-auc and
/// average-precision where they are defined; of real numbers r2 (where it is), mae, rmse. None without rows.
std::vector<std::pair<std::string, double>> target_scores(LabelKind kind, ConstView x, ConstView y, Rows rows);

/// An epoch as a row of the history.
EpochRow row_of(const EpochReport& report);

}  // namespace mercer
