#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mercer/experiment/prepare.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/metric.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/schedule.hpp"

namespace mercer {

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

/// Everything that determines the bits of a run.
struct Settings {
  std::string recipe{};       // its name, or empty
  std::string recipe_why{};   // in words, for people
  ModelOptions model{};       // what was set, by the recipe or by hand
  TrainingChoice training{};  // complete
  DataChoice data{};
  std::uint64_t seed = 0;
  int seeds = 1;
};

UpdateRule update_rule_of(const TrainingChoice& training);
Schedule schedule_of(const TrainingChoice& training);
StopRule stop_rule_of(const TrainingChoice& training);
Metric metric_of(const TrainingChoice& training);
// All throw ValueError, for an unknown name with the nearest one.

/// Throws ValueError when a complete choice can't be trained with.
void check(const TrainingChoice& training);

/// A request, before recipe and data complete it.
struct TrainRequest {
  std::optional<std::string> recipe{}, model{};
  ModelOptions options{};  // those that were set
  TrainingChoice training{};
  DataChoice data{};
  std::uint64_t seed = 0;
  int seeds = 1;
};

/// The request, completed by its recipe: the requested one, or else the model's recipe for these data. Throws
/// ValueError.
Settings resolve(const TrainRequest& request);

}  // namespace mercer
