#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/prepare.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/metric.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/schedule.hpp"

namespace mercer::program {

/// How a model is trained. What is absent takes the recipe's value.
struct TrainingChoice {
  std::optional<std::string> optimizer{};
  std::optional<double> learning_rate{};
  std::optional<double> weight_decay{};
  std::optional<double> momentum{};
  std::optional<double> clip{};
  std::optional<std::string> schedule{};
  std::optional<Index> schedule_every{};
  std::optional<double> schedule_by{};
  std::optional<Index> warm_up{};
  std::optional<Index> epochs{};
  std::optional<Index> patience{};
  std::optional<std::string> stopping{};
  std::optional<std::string> metric{};
};

/// Calls visit(name, field, what it means) for every option of training.
template <class Choice, class Visit>
void for_each_training_option(Choice&& choice, Visit&& visit) {
  visit("optimizer", choice.optimizer, "adam, adamw or sgd");
  visit("learning-rate", choice.learning_rate, "learning rate");
  visit("weight-decay", choice.weight_decay, "L2 in the gradient; with adamw decoupled from it");
  visit("momentum", choice.momentum, "of sgd");
  visit("clip", choice.clip, "largest norm of the gradient; 0: any");
  visit("schedule", choice.schedule, "learning rate over epochs: constant, step, cosine");
  visit("schedule-every", choice.schedule_every, "epochs between two steps of the step schedule");
  visit("schedule-by", choice.schedule_by, "factor of a step of the step schedule");
  visit("warm-up", choice.warm_up, "first epochs, over which the learning rate rises");
  visit("epochs", choice.epochs, "epochs at most");
  visit("patience", choice.patience, "epochs without progress that end the training");
  visit("stopping", choice.stopping, "what progress is: gat (its authors' rule), loss, score, fixed (never stop)");
  visit("metric", choice.metric, "score of the validation nodes: accuracy, macro-f1, roc-auc");
}

/// Everything that determines a run; with `out` and the threads, which change no bit.
struct Settings {
  std::string recipe{};       // its name, or empty
  std::string recipe_why{};   // in words, for people
  ModelOptions model{};       // what was set, by the recipe or by hand
  TrainingChoice training{};  // complete
  DataChoice data{};
  std::uint64_t seed = 0;
  int seeds = 1;
};

UpdateRule update_rule(const TrainingChoice& training);
Schedule schedule(const TrainingChoice& training);
StopRule stop_rule(const TrainingChoice& training);
Metric metric(const TrainingChoice& training);
// All throw UsageError with the nearest name, or ValueError.

/// Throws UsageError or ValueError when a complete choice can't be trained with.
void check(const TrainingChoice& training);

/// Names and values of the model's and the training's options, in order: for the report and the summary.
std::vector<std::pair<std::string, std::string>> listed(const Settings& settings);

}  // namespace mercer::program
