#include "mercer/experiment/tuning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>
#include <system_error>

#include "base/counted.hpp"
#include "experiment/json.hpp"
#include "experiment/options_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/experiment/halving.hpp"
#include "mercer/experiment/memory_estimate.hpp"
#include "mercer/experiment/problem.hpp"

namespace mercer {

namespace {

namespace fs = std::filesystem;

constexpr double unknown_score = std::numeric_limits<double>::quiet_NaN();
constexpr std::uintmax_t largest_search = 1u << 28;
constexpr Index usual_epochs = 1000;

/// Throws ValueError where an option is both given and drawn, or drawn twice.
void require_given_once(const TunePlan& plan) {
  std::set<std::string> names;
  const OptionValues training = option_values(plan.request.training);
  for (const SearchRange& range : plan.space) {
    require(names.insert(range.option).second, "range", range.option + " comes twice");
    require(!training.contains(range.option) && plan.request.options.find(range.option) == nullptr, "range",
            range.option + " is given, too: leave one of them out");
  }
}

/// The usual space leaves out what was typed.
SearchSpace usual_space_without_typed(const TunePlan& plan) {
  SearchSpace space = usual_space(resolve(plan.request));
  const OptionValues training = option_values(plan.request.training);
  std::erase_if(space, [&](const SearchRange& range) {
    return training.contains(range.option) || plan.request.options.find(range.option) != nullptr;
  });
  require(!space.empty(), "range", "all that is usually searched is given: leave something out, or name a range");
  return space;
}

TrainRequest request_of(const TunePlan& plan, const std::vector<OptionText>& values) {
  TrainRequest request = plan.request;
  for (const OptionText& option : values)
    if (!set_option(request.training, option)) set_option(request.options, option);
  return request;
}

/// Throws ValueError for an option that has no effect in any trial; in some it may give way to what is drawn.
void refuse_idle_everywhere(const TunePlan& plan) {
  std::vector<TrainRequest> requests;
  std::vector<Settings> settings;
  for (const Trial& trial : plan.drawn) {
    requests.push_back(request_of(plan, trial.values));
    settings.push_back(resolve(requests.back()));
  }
  const auto refuse = [&](const auto& in_trial) {
    std::string why;
    for (std::size_t t = 0; t < settings.size(); ++t)
      try {
        return in_trial(t);
      } catch (const ValueError& error) {
        why = error.what();
      }
    throw ValueError(why);
  };
  refuse([&](std::size_t t) { refuse_idle_patience(requests[t].training, *settings[t].training.stopping); });
  if (is_sequence_model(settings.front().model.name)) return;
  for (const auto& asked : requests.front().options.options)
    refuse([&](std::size_t t) {
      ModelOptions alone{.name = settings[t].model.name};
      alone.options.emplace(asked.first, requests[t].options.options.at(asked.first));
      refuse_idle_options(alone, settings[t].model);
    });
}

/// A space may hold fewer settings than trials were asked for.
void take_trials(TunePlan& plan, Index different) {
  if (different < plan.trials)
    plan.notes.push_back("the ranges hold only " + counted(different, "setting") + " for " +
                         counted(plan.trials, "trial") + ": each is tried once");
  plan.trials = different;
}

/// A gated global branch begins after the local epochs: a rung that ends before compares models without it. Throws
/// ValueError where that was asked for.
void let_branches_begin(TunePlan& plan) {
  double local = 0;
  for (const Trial& trial : plan.drawn)
    local = std::max(local, trial.settings.model.number("local-epochs").value_or(0));
  const Index first = plan.rungs.front(), begin = static_cast<Index>(local);
  if (first > begin) return;
  const std::string why = "the global branch begins after local-epochs, " + std::to_string(begin);
  require(
      plan.first_epochs == 0, "first-epochs",
      "first-epochs: got " + std::to_string(plan.first_epochs) + ", but " + why + ": want more, or fewer local-epochs");
  const Index epochs = *plan.request.training.epochs;
  plan.rungs = rung_epochs(epochs, plan.trials, plan.eta, std::min(epochs, begin + first));
  plan.notes.push_back("the first rung ends after " + std::to_string(plan.rungs.front()) + " epochs, not after " +
                       std::to_string(first) + ": " + why);
}

Split checked_split(const TunePlan& plan, const Problem& problem) {
  const std::string examples = problem.prepared.data.examples_in_words();
  Split split;
  for (Index turn = plan.request.seeds - 1; turn >= 0; --turn) {
    split = split_of(problem.prepared, plan.request.seed + static_cast<std::uint64_t>(turn), turn).split;
    check_split(problem, plan.drawn.front().settings, split);
    require(!split.validation.empty(), "split",
            "of seed " + std::to_string(plan.request.seed + static_cast<std::uint64_t>(turn)) + " has no validation " +
                examples + " to choose by; " + way_to_validation(problem.prepared, split));
  }
  return split;
}

void build(Trial& trial, const Problem& problem) {
  require_memory(Settings(trial.settings), problem, [&] {
    complete(trial.settings, problem);
    check_fit(problem.prepared.data, trial.settings.model);
    trial.parameters =
        parameter_count(build_model(trial.settings.model, problem.features(), problem.classes(), trial.settings.seed));
  });
}

fs::path state_of(const fs::path& result) { return fs::path(result).replace_extension(".safetensors"); }

RungScore score_of(const std::vector<CompareJob>& jobs) {
  RungScore score;
  for (const CompareJob& job : jobs) {
    const std::optional<JobResult> made = load_result(job);
    const bool lost = !made || has_diverged(made->result);
    if (lost && score.lost.empty()) score.lost = made ? made->result.note : "the training failed";
    score.by_seed.push_back(lost ? unknown_score : made->result.validation_metric);
    score.seconds += made ? made->seconds : 0;
  }
  score.mean =
      std::accumulate(score.by_seed.begin(), score.by_seed.end(), 0.0) / static_cast<double>(score.by_seed.size());
  return score;
}

}  // namespace

Index trials_of_rung(const TunePlan& plan, std::size_t rung) {
  const Index least = plan.has_own ? 2 : 1;
  return std::min(plan.trials, std::max(least, trials_of_rung(plan.trials, plan.eta, rung)));
}

void prepare_search(TunePlan& plan) {
  require(plan.trials >= 1, "trials", "got " + std::to_string(plan.trials) + ", want at least 1");
  if (plan.splits) plan.request.data.split = plan.splits;
  if (!plan.request.training.epochs)
    plan.request.training.epochs = std::min(*resolve(plan.request).training.epochs, usual_epochs);
  if (plan.space.empty()) plan.space = usual_space_without_typed(plan);
  require_given_once(plan);
  plan.drawn.clear();
  plan.notes.clear();
  const OwnValues own = own_values(plan.space, resolve(plan.request));
  plan.has_own = own.outside.empty();
  plan.own_outside = own.outside;
  std::vector<std::vector<OptionText>> draws = different_draws(plan.space, plan.request.seed, plan.trials,
                                                               plan.has_own ? own.values : std::vector<OptionText>());
  take_trials(plan, std::ssize(draws));
  plan.rungs = rung_epochs(*plan.request.training.epochs, plan.trials, plan.eta, plan.first_epochs);
  std::optional<Problem> problem;
  for (Index t = 0; t < plan.trials; ++t) {
    Trial trial{.values = std::move(draws[static_cast<std::size_t>(t)])};
    try {
      trial.settings = resolve(request_of(plan, trial.values));
      if (!problem) problem.emplace(prepare(trial.settings.data), trial.settings.model);
      build(trial, *problem);
    } catch (const std::invalid_argument& error) {
      throw ValueError("trial " + std::to_string(t) + " (" + point_text(trial.values) + "): " + error.what());
    }
    plan.drawn.push_back(std::move(trial));
  }
  let_branches_begin(plan);
  refuse_idle_everywhere(plan);
  const SplitPlan& splits = problem->prepared.plan;
  const Index given = std::ssize(problem->prepared.data.splits);
  if (plan.splits) plan.request.seeds = static_cast<int>(splits.size(given));
  plan.data = facts_of(*problem, checked_split(plan, *problem));
  plan.source = problem->prepared.source;
  const bool one = splits.kind == SplitPlan::Kind::given && splits.turns.size() == 1;
  plan.one_of_splits = one ? given : 0;
}

std::vector<std::size_t> TuneRecord::ranking() const {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const auto healthy = [&](std::size_t t) { return !scores[t].empty() && std::isfinite(scores[t].back().mean); };
    if (healthy(a) != healthy(b)) return healthy(a);
    if (scores[a].size() != scores[b].size()) return scores[a].size() > scores[b].size();
    return healthy(a) && scores[a].back().mean > scores[b].back().mean;
  });
  return order;
}

std::optional<std::size_t> TuneRecord::best() const {
  const std::vector<std::size_t> order = ranking();
  if (order.empty() || scores[order.front()].empty() || !std::isfinite(scores[order.front()].back().mean))
    return std::nullopt;
  return order.front();
}

std::vector<std::size_t> next_trials(const TuneRecord& record, std::size_t rung) {
  std::vector<double> last(record.plan.drawn.size(), unknown_score);
  if (rung == 0) std::ranges::fill(last, 0.0);
  for (std::size_t t = 0; t < record.scores.size() && rung > 0; ++t)
    if (record.scores[t].size() == rung) last[t] = record.scores[t].back().mean;
  if (record.plan.has_own && std::isfinite(last.front())) last.front() = std::numeric_limits<double>::max();
  return promoted(last, trials_of_rung(record.plan, rung));
}

std::vector<CompareJob> jobs_of_rung(const TunePlan& plan, const std::vector<std::size_t>& trials, std::size_t rung) {
  std::vector<CompareJob> jobs;
  for (const std::size_t t : trials)
    for (Index turn = 0; turn < plan.request.seeds; ++turn) {
      CompareJob job{.settings = plan.drawn.at(t).settings,
                     .seed = plan.request.seed + static_cast<std::uint64_t>(turn),
                     .turn = turn,
                     .until = plan.rungs.at(rung),
                     .after = rung == 0 ? 0 : plan.rungs.at(rung - 1)};
      job.settings.seed = job.seed;
      job.settings.seeds = 1;
      job.says = "trial " + std::to_string(t) + ", seed " + std::to_string(job.seed) + ", to epoch " +
                 std::to_string(job.until) + " (rung " + std::to_string(rung + 1) + " of " +
                 std::to_string(plan.rungs.size()) + ")";
      job.file = plan.out / "runs" / ("trial-" + std::to_string(t)) / ("seed-" + std::to_string(job.seed)) /
                 ("epochs-" + std::to_string(job.until) + ".json");
      jobs.push_back(std::move(job));
    }
  return jobs;
}

void take_rung(TuneRecord& record, const std::vector<std::size_t>& trials, std::size_t rung) {
  const TunePlan& plan = record.plan;
  record.scores.resize(plan.drawn.size());
  for (const std::size_t t : trials)
    record.scores[t].push_back(score_of(jobs_of_rung(plan, {t}, rung)));
  const bool last = rung + 1 == plan.rungs.size();
  const std::vector<std::size_t> going_on = last ? std::vector<std::size_t>() : next_trials(record, rung + 1);
  std::error_code ignored;
  for (const std::size_t t : trials)
    for (std::size_t r = 0; r <= rung; ++r)
      if (r < rung || std::ranges::find(going_on, t) == going_on.end())
        for (const CompareJob& job : jobs_of_rung(plan, {t}, r))
          fs::remove(state_of(job.file), ignored);
}

namespace {

Json protocol_of(const TunePlan& plan) {
  Json space = Json::array();
  for (const SearchRange& range : plan.space)
    space.push_back(range.text());
  ModelOptions typed = plan.request.options;
  typed.name = plan.drawn.front().settings.model.name;
  return {{"recipe", plan.request.recipe.value_or("")},
          {"model", json_of(typed)},
          {"training", json_of(plan.request.training)},
          {"data", json_of(plan.request.data)},
          {"space", space},
          {"first trial", plan.has_own ? "unsearched" : "drawn"},
          {"trials", plan.trials},
          {"eta", plan.eta},
          {"rungs", plan.rungs},
          {"seed", plan.request.seed},
          {"seeds", plan.request.seeds},
          {"contents", json_of(plan.source)}};
}

fs::path search_file(const fs::path& folder) { return folder / "tune.json"; }

}  // namespace

std::string protocol_json(const TunePlan& plan) { return protocol_of(plan).dump(); }

bool holds_search(const fs::path& folder) { return file_exists(search_file(folder)); }

std::string protocol_difference(const fs::path& folder, const TunePlan& plan) {
  const Json json = read_json(search_file(folder), largest_search);
  return understood(search_file(folder).string(),
                    [&] { return difference(part(json, "protocol"), Json::parse(protocol_json(plan))); });
}

std::vector<std::pair<std::string, OptionValue>> train_options(const TunePlan& plan, std::size_t trial) {
  const Trial& chosen = plan.drawn.at(trial);
  std::vector<std::pair<std::string, OptionValue>> list;
  if (plan.request.recipe) list.emplace_back("recipe", *plan.request.recipe);
  list.emplace_back("model", chosen.settings.model.name);
  list.emplace_back("data", plan.request.data.data);
  ModelOptions options = plan.request.options;
  TrainingChoice ignored;
  for (const OptionText& option : chosen.values)
    if (!set_option(ignored, option)) set_option(options, option);
  const TrainingChoice training = without_idle_patience(chosen.settings.training);
  for (const OptionValues& values : {options.options, option_values(training), option_values(plan.request.data)})
    list.insert(list.end(), values.begin(), values.end());
  return list;
}

}  // namespace mercer
