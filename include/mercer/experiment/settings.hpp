#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mercer/base/option_list.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/recipe.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/metric.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/schedule.hpp"

namespace mercer {

enum class OptimizerKind { adam, adamw, sgd };
inline constexpr Choice<OptimizerKind> optimizer_choices[]{
    {"adam", OptimizerKind::adam}, {"adamw", OptimizerKind::adamw}, {"sgd", OptimizerKind::sgd}};

/// The learning rate over epochs; the inverse square root goes by steps.
enum class ScheduleKind { constant, step, cosine, inverse_root };
inline constexpr Choice<ScheduleKind> schedule_choices[]{{"constant", ScheduleKind::constant},
                                                         {"step", ScheduleKind::step},
                                                         {"cosine", ScheduleKind::cosine},
                                                         {"inverse-sqrt", ScheduleKind::inverse_root}};

/// How a model is trained. What is absent takes the recipe's value.
struct TrainingChoice {
  std::optional<OptimizerKind> optimizer{};
  std::optional<double> learning_rate{};
  std::optional<double> weight_decay{};
  std::optional<double> momentum{};
  std::optional<double> beta2{};
  std::optional<Index> batch{};  // sequences of a step
  std::optional<double> clip{};
  std::optional<ScheduleKind> schedule{};
  std::optional<Index> schedule_every{};
  std::optional<double> schedule_by{};
  std::optional<Index> warm_up{};
  std::optional<Index> epochs{};
  std::optional<Index> patience{};
  std::optional<StopRule> stopping{};
  std::optional<Metric> metric{};
  std::optional<std::string> class_weight{};  // see class_weights_of
  std::optional<bool> refit{};  // sequences train again with those that validated, for the epochs that these chose

  void declare(OptionList& list);
};

/// Everything that determines the bits of a run.
struct Settings {
  std::string recipe{};       // its name, or empty
  std::string recipe_why{};   // in words, for people
  ModelOptions model{};       // what was set, by the recipe or by hand
  TrainingChoice training{};  // complete
  bool chose_metric = true;   // false: the recipe's, which gives way to that of the task
  bool chose_epochs = true;   // false: the recipe's, with a stop rule to end them early
  DataChoice data{};
  std::uint64_t seed = 0;
  int seeds = 1;
  std::string init{};  // folder of the model whose parameters are the first values, absolute; empty: random ones
};

/// All throw ValueError for options that belong to another optimizer or schedule.
UpdateRule update_rule_of(const TrainingChoice& training);
Schedule schedule_of(const TrainingChoice& training);
/// The factor by steps; empty unless the schedule is one of steps.
Schedule step_schedule_of(const TrainingChoice& training);

/// Throws ValueError when a complete choice can't be trained with.
void check(TrainingChoice training);

/// A request, before recipe and data complete it.
struct TrainRequest {
  std::optional<std::string> recipe{}, model{};
  ModelOptions options{};  // those that were set
  TrainingChoice training{};
  DataChoice data{};
  std::uint64_t seed = 0;
  int seeds = 1;
  double passes_done = 0;  // of the local epochs of the model that the training begins with
};

/// The epochs at most of a recipe that no data are named in, where nobody chose others.
inline constexpr Index most_epochs_of_general_recipe = 1000;
/// Is the recipe the model's general one, for want of one for these data?
bool has_general_recipe(const Settings& settings);

/// What the recipe says of loops and features, where nothing was typed of them.
DataChoice prepared_for(const Recipe& recipe, DataChoice data);

/// The request, completed by its recipe: the requested one, or else the model's recipe for these data. Throws
/// ValueError.
Settings resolve(const TrainRequest& request);

/// Without validation nodes no rule stops a training: epochs that nobody chose become few. Throws ValueError when these
/// end before a warm-up of local epochs does.
void limit_epochs_without_validation(Settings& settings);

/// Both throw ValueError, with the way out, for what was asked for and would change nothing: a patience where training
/// stops after a fixed number of epochs; options of hidden layers where there are none, and a dropout where each of the
/// model's is given apart or 0.
void refuse_idle_patience(const TrainingChoice& asked, StopRule stopping);
void refuse_idle_options(const ModelOptions& asked, const ModelOptions& model);
/// A completed training as it may be asked for again: without a patience that would be refused.
TrainingChoice without_idle_patience(TrainingChoice training);

}  // namespace mercer
