#include "tune/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "cli/command_line.hpp"
#include "cli/json.hpp"
#include "cli/progress.hpp"
#include "cli/version.hpp"
#include "report/report.hpp"

namespace mercer::program {

std::string metric_of(const TuneRecord& record) {
  return name_of(*record.plan.drawn.front().settings.training.metric, metric_choices);
}

namespace {

constexpr std::size_t shown_trials = 5;

Json trial_json(const TuneRecord& record, std::size_t t) {
  Json values = Json::object(), rungs = Json::array();
  for (const auto& [option, value] : record.plan.drawn[t].values)
    values[option] = value;
  if (t < record.scores.size())
    for (std::size_t r = 0; r < record.scores[t].size(); ++r) {
      const RungScore& score = record.scores[t][r];
      Json rung{{"epochs", record.plan.rungs[r]},
                {"validation_mean", score.mean},
                {"validation", score.by_seed},
                {"seconds", score.seconds}};
      if (!score.lost.empty()) rung["lost"] = score.lost;
      rungs.push_back(rung);
    }
  return {{"trial", t}, {"values", values}, {"parameters", record.plan.drawn[t].parameters}, {"rungs", rungs}};
}

}  // namespace

std::string search_json(const TuneRecord& record, bool finished) {
  const TunePlan& plan = record.plan;
  Json seeds = Json::array(), trials = Json::array();
  for (int s = 0; s < plan.request.seeds; ++s)
    seeds.push_back(plan.request.seed + static_cast<std::uint64_t>(s));
  for (std::size_t t = 0; t < plan.drawn.size(); ++t)
    trials.push_back(trial_json(record, t));
  Json json{{"command", record.command},
            {"version", version()},
            {"compiler", compiler()},
            {"jobs", record.jobs},
            {"finished", finished},
            {"metric", metric_of(record)},
            {"protocol", Json::parse(protocol_json(plan))},
            {"seeds", seeds},
            {"best", Json()},
            {"trials", trials}};
  if (finished && record.best()) json["best"] = *record.best();
  return text_of(json);
}

std::string best_json(const TuneRecord& record) {
  Json json = Json::object();
  for (const auto& option : train_options(record.plan, record.best().value()))
    std::visit([&](const auto& held) { json[option.first] = held; }, option.second.held());
  return text_of(json);
}

std::vector<std::string> warnings_of(const TuneRecord& record) {
  std::vector<std::string> warnings;
  const std::optional<std::size_t> best = record.best();
  if (!best) return warnings;
  if (record.plan.one_of_splits > 1)
    warnings.push_back(fmt::format(
        "One of the data's {} splits decided, and the best settings may suit it alone: --splits 0,1,2 takes "
        "the mean of three.",
        record.plan.one_of_splits));
  for (std::size_t at = 0; at < record.plan.space.size(); ++at) {
    const auto& [option, value] = record.plan.drawn[*best].values[at];
    const std::string end = end_of_range(record.plan.space[at], value, record.plan.drawn[*best].settings.model.name);
    if (!end.empty())
      warnings.push_back(
          fmt::format("The best {}, {}, is at the {} end of its range ({}): a wider range may hold a "
                      "better one.",
                      option, value, end, record.plan.space[at].text()));
  }
  return warnings;
}

std::string final_line(const TuneRecord& record) {
  const std::filesystem::path& out = record.plan.out;
  Words words{"mercer",  "train", "--config", (out / "best.json").string(),
              "--seeds", "10",    "--out",    (out / "final").string()};
  if (record.plan.request.data.split.value_or("").find(',') != std::string::npos)  // the others are new to the settings
    words.insert(words.end(), {"--split", "all"});
  return shell_line(words);
}

std::string own_in_words(const TunePlan& plan) {
  return plan.has_own ? "trial 0: the recipe's own settings, " + point_text(plan.drawn.front().values)
                      : "no trial has the recipe's own settings: " + plan.own_outside;
}

std::string against_own(const TuneRecord& record) {
  const std::optional<std::size_t> best = record.best();
  if (!best) return "";
  if (!record.plan.has_own) return own_in_words(record.plan);
  const std::vector<RungScore>& own = record.scores.front();
  if (own.empty()) return "";
  if (!std::isfinite(own.back().mean)) return "recipe's own settings (trial 0): " + own.back().lost;
  const std::string metric = metric_of(record), score = score_text(metric, own.back().mean);
  if (*best == 0) return fmt::format("recipe's own settings: validation {}; no trial was better", score);
  return fmt::format("recipe's own settings: validation {}; best: {}, trial {}", score,
                     score_text(metric, record.scores[*best].back().mean), *best);
}

std::string search_text(const TuneRecord& record) {
  const TunePlan& plan = record.plan;
  const std::optional<std::size_t> best = record.best();
  const std::vector<std::size_t> order = record.ranking();
  const auto lost = std::ranges::count_if(
      record.scores, [](const auto& rungs) { return !rungs.empty() && !rungs.back().lost.empty(); });
  std::string text = fmt::format("{} on {}, {} by validation {}\n", plan.drawn.front().settings.model.name,
                                 plan.data.name, counted(plan.trials, "trial"), metric_of(record));
  for (std::size_t place = 0; best && place < std::min(order.size(), shown_trials); ++place) {
    const std::vector<RungScore>& rungs = record.scores[order[place]];
    if (rungs.empty() || !std::isfinite(rungs.back().mean)) break;
    text += fmt::format("  {:>8}  trial {}, {}: {}\n", score_text(metric_of(record), rungs.back().mean), order[place],
                        counted(plan.rungs[rungs.size() - 1], "epoch"), point_text(plan.drawn[order[place]].values));
  }
  if (lost > 0)
    text +=
        fmt::format("{} diverged or failed; {} last.\n", counted(lost, "trial"), lost == 1 ? "it ranks" : "they rank");
  if (const std::string own = against_own(record); !own.empty()) text += own + "\n";
  for (const std::string& warning : warnings_of(record))
    text += warning + "\n";
  const std::string out = plan.out.string();
  if (!best) return text + fmt::format("no trial came to an end: want other ranges; see {}/tune.json\n", out);
  return text +
         "The best of many validation scores is higher than what the same settings give again; test scores were not "
         "looked at.\n" +
         fmt::format("written to {} (report.html, tune.json, best.json)\nfinal       {}\nagain       {}\n", out,
                     final_line(record), record.command);
}

}  // namespace mercer::program
