#include "mercer/experiment/settings.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <type_traits>

#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/data/read.hpp"
#include "mercer/models/recipe.hpp"

namespace mercer {

namespace {

constexpr Index most_epochs = 1'000'000'000;

void require_known(const char* option, const std::string& value, const std::vector<std::string>& known) {
  if (std::ranges::find(known, value) != known.end()) return;
  throw ValueError("[" + std::string(option) + "] got " + value + ": " + suggest(value, known));
}

/// Takes from `otherwise` what `options` doesn't have.
void fill(ModelOptions& options, const ModelOptions& otherwise) {
  options.name = otherwise.name;
  for_each_option(options, [&](std::string_view name, auto& mine, const char*) {
    for_each_option(otherwise, [&](std::string_view other, const auto& theirs, const char*) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(theirs)>, std::remove_cvref_t<decltype(mine)>>)
        if (name == other && !mine) mine = theirs;
    });
  });
}

}  // namespace

UpdateRule update_rule_of(const TrainingChoice& t) {
  const std::string name = t.optimizer.value_or("adam");
  const double rate = t.learning_rate.value_or(0.005), decay = t.weight_decay.value_or(0);
  require_known("optimizer", name, {"adam", "adamw", "sgd"});
  if (t.momentum && name != "sgd") throw ValueError("[momentum] " + name + " has none; it belongs to sgd");
  if (name == "sgd") return Sgd{.learning_rate = rate, .momentum = t.momentum.value_or(0), .weight_decay = decay};
  if (name == "adamw") return AdamW{.learning_rate = rate, .weight_decay = decay};
  return Adam{.learning_rate = rate, .weight_decay = decay};
}

Schedule schedule_of(const TrainingChoice& t) {
  const std::string name = t.schedule.value_or("constant");
  require_known("schedule", name, {"constant", "step", "cosine"});
  if (name != "step" && (t.schedule_every || t.schedule_by))
    throw ValueError("[schedule] schedule-every and schedule-by belong to the step schedule");
  const Index warm_up = t.warm_up.value_or(0);
  if (name == "cosine") return cosine_rate(t.epochs.value_or(1000), warm_up);
  const Schedule later =
      name == "step" ? step_rate(t.schedule_every.value_or(100), t.schedule_by.value_or(0.5)) : constant_rate();
  if (warm_up == 0) return later;
  return [rise = warm_up_rate(warm_up), later](Index epoch) { return rise(epoch) * later(epoch); };
}

StopRule stop_rule_of(const TrainingChoice& t) {
  const std::string name = t.stopping.value_or("gat");
  require_known("stopping", name, {"gat", "loss", "score", "fixed"});
  return stop_rule_named(name);
}

Metric metric_of(const TrainingChoice& t) {
  const std::string name = t.metric.value_or("accuracy");
  require_known("metric", name, {"accuracy", "macro-f1", "roc-auc"});
  return metric_named(name);
}

void check(const TrainingChoice& t) {
  const auto want = [](bool holds, const char* option, auto got, const char* wanted) {
    std::ostringstream text;
    text << "got " << got << ", want " << wanted;
    require(holds, option, text.str());
  };
  const Index epochs = t.epochs.value_or(0), patience = t.patience.value_or(0);
  const double clip = t.clip.value_or(0);
  want(epochs >= 1 && epochs <= most_epochs, "epochs", epochs, "1 to 1,000,000,000");
  want(patience >= 1, "patience", patience, "at least 1");
  want(clip >= 0, "clip", clip, "at least 0");
  // each refuses what it can't work with
  Optimizer({}, update_rule_of(t));
  schedule_of(t);
  stop_rule_of(t);
  metric_of(t);
}

Settings resolve(const TrainRequest& request) {
  Settings settings{.recipe = "",
                    .recipe_why = "",
                    .model = request.options,
                    .training = request.training,
                    .data = request.data,
                    .seed = request.seed,
                    .seeds = request.seeds};
  const std::string data = dataset_name(request.data.data);
  const Recipe base = request.recipe ? recipe(*request.recipe) : recipe_for(request.model.value_or("gat"), data);
  if (request.recipe && request.model && *request.model != base.model.name)
    throw ValueError("[recipe] " + base.name + " is of model " + base.model.name + ", got model " + *request.model);
  const bool fits = request.recipe || base.name != base.model.name;  // is it the recipe of these data?
  settings.recipe = base.name;
  settings.recipe_why = base.name + (request.recipe ? " (asked for)"
                                     : fits         ? " (fits the data's name)"
                                                    : " (general; no recipe for these data)");
  if (!base.source.empty()) settings.recipe_why += ": " + base.source;
  fill(settings.model, base.model);
  TrainingChoice& t = settings.training;
  t.optimizer = t.optimizer.value_or("adam");
  t.learning_rate = t.learning_rate.value_or(base.learning_rate);
  t.weight_decay = t.weight_decay.value_or(base.weight_decay);
  t.epochs = t.epochs.value_or(base.epochs);
  t.patience = t.patience.value_or(base.patience);
  t.stopping = t.stopping.value_or(base.stop_rule);
  t.metric = t.metric.value_or("accuracy");
  check(t);
  if (fits && !settings.data.normalise_features) settings.data.normalise_features = base.normalise_features;
  if (!settings.data.loops) settings.data.loops = base.loops;
  return settings;
}

}  // namespace mercer
