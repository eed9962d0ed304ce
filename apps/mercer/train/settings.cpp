#include "train/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"

namespace mercer::program {

namespace {

constexpr Index most_epochs = 1'000'000'000;

void require_known(const char* option, const std::string& value, const std::vector<std::string>& known) {
  if (std::ranges::find(known, value) != known.end()) return;
  throw UsageError(
      fmt::format("--{} {}: want {}{}", option, value, fmt::join(known, ", "), did_you_mean(value, known)));
}

}  // namespace

UpdateRule update_rule(const TrainingChoice& t) {
  const std::string name = t.optimizer.value_or("adam");
  const double rate = t.learning_rate.value_or(0.005), decay = t.weight_decay.value_or(0);
  require_known("optimizer", name, {"adam", "adamw", "sgd"});
  if (t.momentum && name != "sgd") throw UsageError("--momentum: " + name + " has none; it belongs to --optimizer sgd");
  if (name == "sgd") return Sgd{.learning_rate = rate, .momentum = t.momentum.value_or(0), .weight_decay = decay};
  if (name == "adamw") return AdamW{.learning_rate = rate, .weight_decay = decay};
  return Adam{.learning_rate = rate, .weight_decay = decay};
}

Schedule schedule(const TrainingChoice& t) {
  const std::string name = t.schedule.value_or("constant");
  require_known("schedule", name, {"constant", "step", "cosine"});
  if (name != "step" && (t.schedule_every || t.schedule_by))
    throw UsageError("--schedule-every and --schedule-by belong to --schedule step");
  const Index warm_up = t.warm_up.value_or(0);
  if (name == "cosine") return cosine_rate(t.epochs.value_or(1000), warm_up);
  const Schedule later =
      name == "step" ? step_rate(t.schedule_every.value_or(100), t.schedule_by.value_or(0.5)) : constant_rate();
  if (warm_up == 0) return later;
  return [rise = warm_up_rate(warm_up), later](Index epoch) { return rise(epoch) * later(epoch); };
}

StopRule stop_rule(const TrainingChoice& t) {
  const std::string name = t.stopping.value_or("gat");
  require_known("stopping", name, {"gat", "loss", "score", "fixed"});
  return stop_rule_named(name);
}

Metric metric(const TrainingChoice& t) {
  const std::string name = t.metric.value_or("accuracy");
  require_known("metric", name, {"accuracy", "macro-f1", "roc-auc"});
  return metric_named(name);
}

void check(const TrainingChoice& t) {
  const auto refuse = [](const char* option, auto got, const char* wanted) {
    throw UsageError(fmt::format("--{} {}: want {}", option, got, wanted));
  };
  if (!t.epochs || *t.epochs < 1 || *t.epochs > most_epochs)
    refuse("epochs", t.epochs.value_or(0), "1 to 1,000,000,000");
  if (!t.patience || *t.patience < 1) refuse("patience", t.patience.value_or(0), "at least 1");
  if (const double clip = t.clip.value_or(0); !(clip >= 0)) refuse("clip", clip, "at least 0");
  // they know best what they can't work with
  Optimizer({}, update_rule(t));
  schedule(t);
  stop_rule(t);
  metric(t);
}

std::vector<std::pair<std::string, std::string>> listed(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> list{{"model", settings.model.name}};
  const auto note = [&](const char* name, const auto& field, const char*) {
    if (field) list.emplace_back(name, fmt::format("{}", *field));
  };
  for_each_option(settings.model, note);
  for_each_training_option(settings.training, note);
  return list;
}

}  // namespace mercer::program
