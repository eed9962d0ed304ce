#include "mercer/experiment/settings.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/lower_case.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/models/recipe.hpp"

namespace mercer {

namespace {

constexpr Index epochs_without_validation = 200;

constexpr NumberRange epoch_count{1, 1'000'000'000, "1 to 1,000,000,000"};
constexpr NumberRange epochs_in_all{0, 1'000'000'000, "0 to 1,000,000,000"};
constexpr NumberRange below_one{0, 1 - 0x1p-53, "at least 0 and less than 1"};

/// Sets what is absent.
template <class Choice>
void fill(Choice& choice, OptionValues otherwise) {
  const OptionList list = options_of(choice);
  for (const auto& [name, value] : list.values())
    otherwise.erase(name);
  list.assign(otherwise, "resolve", "the training");
}

/// Options of the recipe's optimizer and schedule, where another one was asked for.
void leave_out_what_gives_way(OptionValues& recipe, const TrainingChoice& asked) {
  if (asked.optimizer == OptimizerKind::sgd) recipe.erase("beta2");
  const auto schedule = recipe.find("schedule");
  if (schedule == recipe.end() || !asked.schedule ||
      schedule->second == OptionValue(name_of(*asked.schedule, schedule_choices)))
    return;
  recipe.erase("warm-up");
}

/// Options of the recipe's model for parts that the user left out.
void leave_out_what_gives_way(OptionValues& recipe, const ModelOptions& asked) {
  const auto is_asked = [&](const char* name, const char* value) {
    const OptionValue* found = asked.find(name);
    return found != nullptr && *found == OptionValue(value);
  };
  if (is_asked("classifier", "linear") && asked.find("output-heads") == nullptr) recipe.erase("output-heads");
  if (is_asked("norm", "none")) recipe.erase("decay-norms");
  if (is_asked("global", "none"))
    std::erase_if(recipe, [](const auto& option) {
      return option.first.starts_with("global") || option.first == "local-epochs";
    });
}

}  // namespace

void TrainingChoice::declare(OptionList& list) {
  list.add("optimizer", optimizer, optimizer_choices, "update rule");
  list.add("learning-rate", learning_rate, range::not_negative, "learning rate");
  list.add("weight-decay", weight_decay, range::not_negative, "L2 in the gradient; with adamw decoupled from it");
  list.add("momentum", momentum, below_one, "of sgd");
  list.add("beta2", beta2, below_one,
           "of adam and adamw: how much of the squared gradients stays in a step; default 0.999");
  list.add("batch", batch, range::count, "sequences of a step; a graph is always one batch");
  list.add("clip", clip, range::not_negative, "largest norm of the gradient; 0: any");
  list.add("schedule", schedule, schedule_choices, "learning rate over epochs");
  list.add("schedule-every", schedule_every, epoch_count, "epochs between two steps of the step schedule");
  list.add("schedule-by", schedule_by, range::not_negative, "factor of a step of the step schedule");
  list.add("warm-up", warm_up, range::not_negative,
           "first epochs, over which the learning rate rises; of inverse-sqrt first steps");
  list.add("epochs", epochs, epochs_in_all, "epochs at most; 0 leaves the first values");
  list.add("patience", patience, range::at_least_one, "epochs without progress that end the training");
  list.add("stopping", stopping, stop_rule_choices, "what counts as progress; fixed never stops");
  list.add("metric", metric, metric_choices,
           "score of the validation examples (by default accuracy; in compare roc-auc for two classes)");
  list.add("class-weight", class_weight,
           "of the training loss: balanced (rare classes count more, by their training nodes), or a weight for each "
           "class, as 1,1,5");
  list.add("refit", refit,
           "of sequences: when the validation part has chosen the epoch, train anew on it too, for as many epochs, and "
           "score the test by that model");
}

UpdateRule update_rule_of(const TrainingChoice& t) {
  const OptimizerKind kind = t.optimizer.value_or(OptimizerKind::adam);
  const double rate = t.learning_rate.value_or(0.005), decay = t.weight_decay.value_or(0);
  const double beta2 = t.beta2.value_or(0.999);
  require(!t.beta2 || kind != OptimizerKind::sgd, "beta2", "sgd has none; it belongs to adam and adamw");
  if (kind == OptimizerKind::sgd)
    return Sgd{.learning_rate = rate, .momentum = t.momentum.value_or(0), .weight_decay = decay};
  require(!t.momentum, "momentum", std::string(name_of(kind, optimizer_choices)) + " has none; it belongs to sgd");
  if (kind == OptimizerKind::adamw) return AdamW{.learning_rate = rate, .beta2 = beta2, .weight_decay = decay};
  return Adam{.learning_rate = rate, .beta2 = beta2, .weight_decay = decay};
}

Schedule schedule_of(const TrainingChoice& t) {
  const ScheduleKind kind = t.schedule.value_or(ScheduleKind::constant);
  require(kind == ScheduleKind::step || !(t.schedule_every || t.schedule_by), "schedule",
          "schedule-every and schedule-by belong to the step schedule");
  if (kind == ScheduleKind::inverse_root) return constant_rate();
  const Index warm_up = t.warm_up.value_or(0);
  if (kind == ScheduleKind::cosine) return cosine_rate(t.epochs.value_or(1000), warm_up);
  const Schedule later = kind == ScheduleKind::step
                             ? step_rate(t.schedule_every.value_or(100), t.schedule_by.value_or(0.5))
                             : constant_rate();
  if (warm_up == 0) return later;
  return [rise = warm_up_rate(warm_up), later](Index epoch) { return rise(epoch) * later(epoch); };
}

Schedule step_schedule_of(const TrainingChoice& t) {
  if (t.schedule != ScheduleKind::inverse_root) return {};
  return inverse_root_rate(std::max<Index>(t.warm_up.value_or(1), 1));
}

void check(TrainingChoice t) {
  options_of(t).check("train");
  Optimizer({}, update_rule_of(t));
  schedule_of(t);
}

namespace {

/// "gat-cora (fits the data's name): SOURCE"; a name of other case is named.
std::string why_of(const Recipe& base, bool asked, bool fits, const std::string& data) {
  const std::string lower = lower_case(data);
  const std::string named = data != lower && base.name.ends_with("-" + lower) ? "fits the data's name, " + data : "";
  std::string why = !named.empty() ? (asked ? "asked for; " : "") + named
                    : asked        ? "asked for"
                    : fits         ? "fits the data's name"
                                   : "general; no recipe for these data";
  return base.name + " (" + why + ")" + (base.source.empty() ? "" : ": " + base.source);
}

/// A run that ends in its warm-up, of which `done` epochs are over, would never train the global branch.
void require_end_of_warm_up(const Settings& settings, double done) {
  const double local = settings.model.number("local-epochs").value_or(0);
  const TrainingChoice& t = settings.training;
  const auto require_more = [&](const char* name, Index value) {
    require(static_cast<double>(value) + done > local, "local-epochs",
            "got " + OptionValue(local).text() + " epochs before the global branch, with " + name + " " +
                std::to_string(value) + " the training can end before it begins: want fewer, or more " + name);
  };
  if (local == 0) return;
  require_more("epochs", t.epochs.value_or(0));
  if (t.stopping != StopRule::fixed_epochs) require_more("patience", t.patience.value_or(0));
}

}  // namespace

DataChoice prepared_for(const Recipe& recipe, DataChoice data) {
  if (!data.normalise_features && !data.standardise_features && !data.features)
    data.normalise_features = recipe.normalise_features;
  if (!data.loops) data.loops = recipe.loops;
  return data;
}

Settings resolve(const TrainRequest& request) {
  Settings settings{.recipe = "",
                    .recipe_why = "",
                    .model = request.options,
                    .training = request.training,
                    .chose_metric = request.training.metric.has_value(),
                    .chose_epochs = request.training.epochs.has_value(),
                    .data = request.data,
                    .seed = request.seed,
                    .seeds = request.seeds};
  const std::string data = dataset_name(request.data.data);
  const bool has_sequences = is_sequence_set(request.data.data);
  const std::string model = request.model.value_or(has_sequences ? "transformer" : "gat");
  const Recipe base = request.recipe == "tuned" ? tuned_recipe_for(model, data)
                      : request.recipe          ? recipe(*request.recipe)
                                                : recipe_for(model, data);
  if (request.recipe && request.model && *request.model != base.model.name)
    throw ValueError("[recipe] " + base.name + " is of model " + base.model.name + ", got model " + *request.model);
  if (base.stop_rule == name_of(StopRule::fixed_epochs, stop_rule_choices)) settings.chose_epochs = true;
  const bool fits = request.recipe || base.name != base.model.name;  // is it the recipe of these data?
  settings.recipe = base.name;
  settings.recipe_why = why_of(base, request.recipe.has_value(), fits, data);
  settings.model.name = base.model.name;
  OptionValues of_recipe = base.model.options;
  leave_out_what_gives_way(of_recipe, request.options);
  settings.model.options.insert(of_recipe.begin(), of_recipe.end());
  OptionValues training{
      {"optimizer", "adam"},   {"learning-rate", base.learning_rate}, {"weight-decay", base.weight_decay},
      {"epochs", base.epochs}, {"patience", base.patience},           {"stopping", base.stop_rule},
      {"metric", base.metric}};
  if (!fits) training.insert_or_assign("epochs", std::min(base.epochs, most_epochs_of_general_recipe));
  for (const auto& [name, value] : base.training)
    training.insert_or_assign(name, value);
  leave_out_what_gives_way(training, request.training);
  fill(settings.training, training);
  check(settings.training);
  require_end_of_warm_up(settings, request.passes_done);
  const bool of_sequences = is_sequence_model(settings.model.name);
  require(of_sequences || has_sequences || !settings.training.batch, "batch",
          settings.model.name + " trains on a graph, which is always one batch; batches are of sequences");
  if (of_sequences || has_sequences) return settings;
  if (fits) settings.data = prepared_for(base, std::move(settings.data));
  if (!settings.data.loops) settings.data.loops = base.loops;
  if (!settings.data.reorder) settings.data.reorder = NodeOrder::automatic;
  return settings;
}

bool has_general_recipe(const Settings& settings) { return settings.recipe == settings.model.name; }

void limit_epochs_without_validation(Settings& settings) {
  if (settings.chose_epochs) return;
  settings.training.epochs = std::min(*settings.training.epochs, epochs_without_validation);
  if (settings.init.empty()) require_end_of_warm_up(settings, 0);
}

TrainingChoice without_idle_patience(TrainingChoice training) {
  if (training.stopping == StopRule::fixed_epochs) training.patience.reset();
  return training;
}

void refuse_idle_patience(const TrainingChoice& asked, StopRule stopping) {
  require(!asked.patience || stopping != StopRule::fixed_epochs, "patience",
          "got " + std::to_string(asked.patience.value_or(0)) +
              " with stopping fixed, which trains all epochs: leave it out, or take another stopping");
}

namespace {

/// Of sequence models, whose defaults are `otherwise`.
void refuse_idle_transformer_options(const ModelOptions& asked, const ModelOptions& model,
                                     const ModelOptions& otherwise) {
  const auto text_of_option = [&](const char* name) {
    const OptionValue* value = model.find(name) != nullptr ? model.find(name) : otherwise.find(name);
    return value == nullptr ? std::string() : value->text();
  };
  const auto is_asked = [&](const char* name) { return asked.find(name) != nullptr; };
  const std::string relative = text_of_option("relative");
  require(!is_asked("longest") || text_of_option("positions") == "learned" || relative == "table", "longest",
          "no effect without learned positions: leave it out, or take positions learned or relative table");
  require(!is_asked("buckets") || relative == "buckets", "buckets",
          "no effect without relative positions in buckets: leave it out, or take relative buckets");
  const bool scaled = text_of_option("encoder") == "scaled" && text_of_option("embedding") == "linear";
  require(!is_asked("activation") || !scaled, "activation",
          "no effect with scaled blocks and a linear embedding: leave it out, or take embedding feed-forward");
  constexpr std::string_view without_edges[] = {"skyformer", "nystromformer", "performer", "linear",
                                                "rmfa",      "nprf",          "gru"};
  const std::string_view attention = attention_of_sequence_model(model.name);
  const bool primal = attention == "primal" || attention == "kep-svgp";
  const bool gathers = std::ranges::find(without_edges, attention) == std::end(without_edges) &&
                       !(primal && text_of_option("attention-dropout") == "0");
  require(!is_asked("storage") || gathers, "storage",
          "no effect on " + model.name + ", in which no edges gather queries, keys and values: leave it out");
}

}  // namespace

void refuse_idle_options(const ModelOptions& asked, const ModelOptions& model) {
  const DeclaredOptions declared = options_of_model(model.name);
  const ModelOptions otherwise{.name = model.name, .options = declared.defaults};
  const auto is_text = [&](const char* name, const char* text) {
    const OptionValue* value = model.find(name);
    return value != nullptr && value->text() == text;
  };
  const bool is_stack = declared.find("classifier") != nullptr;  // all blocks of a Transformer are hidden
  const bool none_hidden = is_stack && model.number("layers").value_or(2) == 1 && !is_text("classifier", "linear");
  const bool one_alone = none_hidden && (model.find("pre-linear") == nullptr || is_text("pre-linear", "none"));
  if (one_alone)
    for (const char* name : {"hidden", "heads", "activation"})
      require(asked.find(name) == nullptr, name,
              "no effect without hidden layers: leave it out, or take more layers, or a linear classifier");
  const auto number = [&](const char* name) {
    return (model.find(name) != nullptr ? model : otherwise).number(name).value_or(1);
  };
  if (is_stack && (none_hidden || number("heads") == 1) &&
      (is_text("classifier", "linear") || number("output-heads") == 1))
    for (const char* name : {"initialise-per-head", "dropout-per-head"})
      require(asked.find(name) == nullptr, name,
              "no effect where every layer has one head: leave it out, or take more");
  require(!one_alone || asked.find("decay-first-layer-only") == nullptr, "decay-first-layer-only",
          "no effect on a single layer: leave it out, or take more layers");
  const bool compares =
      (model.name != "constant" && attention_of_sequence_model(model.name) != "constant") || model.find("p") != nullptr;
  for (const char* name : {"key-width", "tied"})
    require(compares || asked.find(name) == nullptr, name,
            "no effect on " + model.name + ", which compares no queries and keys: leave it out, or give p");
  const double dropout = asked.number("dropout").value_or(0);
  bool has_any = dropout == 0;
  for (const char* name : {"input-dropout", "hidden-dropout", "attention-dropout", "value-dropout"})
    if (model.find(name) == nullptr && otherwise.number(name).value_or(0) > 0) has_any = true;
  require(
      has_any, "dropout",
      "got " + OptionValue(dropout).text() + ", but each dropout of " + model.name +
          " is given apart, or 0 unless it is: leave it out, or set input-dropout, attention-dropout, value-dropout");
  refuse_idle_transformer_options(asked, model, otherwise);
}

}  // namespace mercer
