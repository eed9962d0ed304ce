#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/interrupt.hpp"
#include "cli/numbers.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "compare/folder.hpp"
#include "compare/runner.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/experiment/halving.hpp"
#include "mercer/experiment/tuning.hpp"
#include "report/report.hpp"
#include "tune/outputs.hpp"

namespace mercer::program {

namespace {

namespace fs = std::filesystem;

constexpr const char* tune_help =
    "Searches settings by the validation nodes: trials are drawn at random from ranges, all train for a few epochs,\n"
    "and the best one in three (--halving) goes on from there, rung by rung. The first trial has the settings that\n"
    "mercer train takes unsearched, and trains to the end. Test nodes are not scored. The same command goes on with\n"
    "an interrupted search. Without --range: learning rate, weight decay, dropout and width; of "
    "a\n"
    "deep stack (--recipe tuned, --classifier linear) also depth, norm and residual; --show-space prints them.\n\n"
    "Examples:\n"
    "  mercer tune --data planetoid/cora --model gat --trials 27 --out runs/search\n"
    "  mercer tune --data heterophilous/texas --recipe tuned --model gat --splits 0,1,2 --out runs/texas\n"
    "  mercer tune --data karate --model rbf --trials 9 --epochs 60 --range learning-rate=1e-3..1e-1:log "
    "--range hidden=4,8 --out runs/small\n"
    "  mercer train --config runs/search/best.json --seeds 10 --out runs/best";

/// The options of `mercer tune`.
struct TuneCommand {
  TunePlan plan{};
  std::vector<std::string> ranges{};
  std::string out{};
  int jobs = 0;
  bool show_space = false, fresh = false, quiet = false;
};

void declare(CLI::App& app, TuneCommand& asked) {
  declare_request(app, asked.plan.request);
  app.get_option("--seed")->description("of the drawn settings, and the first of each trial");
  app.get_option("--seeds")->description("trainings of each trial; the mean of their validation scores counts");
  app.option_defaults()->group("Search");
  app.add_option(
         "--splits", asked.plan.splits,
         "0,1,2 or all: given splits (or folds), on each of which every trial is trained; the mean counts, and fits "
         "no split alone")
      ->excludes("--split")
      ->excludes("--seeds")
      ->type_name("LIST");
  app.add_option("--range", asked.ranges, "option=low..high, low..high:log or a,b,c; once for each option")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->type_name("RANGE");
  app.add_option("--trials", asked.plan.trials, "settings to draw")
      ->check(whole_number(1, 100'000))
      ->capture_default_str()
      ->type_name("COUNT");
  app.add_option("--halving", asked.plan.eta, "one trial in so many goes on after each rung; 1: all train to the end")
      ->check(whole_number(1, 1000))
      ->capture_default_str()
      ->type_name("COUNT");
  app.add_option("--first-epochs", asked.plan.first_epochs, "epochs of the first rung; 0: by --trials and --halving")
      ->check(whole_number(0, 1'000'000'000))
      ->capture_default_str()
      ->type_name("COUNT");
  app.add_flag("--show-space", asked.show_space, "print the ranges and the rungs, and end");
  declare_runs(app, {asked.out, asked.jobs, asked.fresh, asked.quiet}, "a search");
  list_first(app, {"--range", "--trials", "--splits", "--show-space", "--jobs", "--out"});
}

std::string space_text(const TunePlan& plan) {
  std::string text;
  for (const SearchRange& range : plan.space)
    text += "--range " + range.text() + "\n";
  text += own_in_words(plan) + "\n";
  for (std::size_t r = 0; r < plan.rungs.size(); ++r)
    text += fmt::format("rung {}: {} to epoch {}\n", r + 1, counted(trials_of_rung(plan, r), "trial"), plan.rungs[r]);
  return text;
}

/// Throws UsageError for an option by another tool's name, ValueError as search_range.
SearchRange range_of(const std::string& typed, const std::string& model) {
  const std::string option = typed.substr(0, typed.find('='));
  const std::vector<std::string> known = searchable_options(model);
  if (!option.empty() && option.size() < typed.size() && std::ranges::find(known, option) == known.end())
    throw UsageError(fmt::format("--range: neither the training nor {} has an option \"{}\"{}", model, option,
                                 name_meant(option, known, "mercer models " + model)));
  return search_range(typed, model);
}

/// False when interrupted.
bool run_rungs(TuneRecord& record, JobRunner& runner) {
  record.scores.resize(record.plan.drawn.size());
  for (std::size_t rung = 0; rung < record.plan.rungs.size(); ++rung) {
    const std::vector<std::size_t> trials = next_trials(record, rung);
    if (trials.empty()) return true;
    if (!runner.run(jobs_of_rung(record.plan, trials, rung))) return false;
    take_rung(record, trials, rung);
    const std::optional<std::size_t> best = record.best();
    if (best)
      runner.add_note("best " + score_text(metric_of(record), record.scores[*best].back().mean) + ", trial " +
                      std::to_string(*best));
  }
  return true;
}

std::size_t expected_runs(const TunePlan& plan) {
  std::size_t runs = 0;
  for (std::size_t rung = 0; rung < plan.rungs.size(); ++rung)
    runs += static_cast<std::size_t>(trials_of_rung(plan, rung) * plan.request.seeds);
  return runs;
}

void write_search(const TuneRecord& record) {
  const fs::path& out = record.plan.out;
  if (record.best()) write_whole(out / "best.json", best_json(record));
  write_whole(out / "report.html", search_report(record));
  write_whole(out / "tune.json", search_json(record, true));
}

/// Prepares the search; what is wrong with the split is wrong with --splits, where that was given.
void prepare(TunePlan& plan) {
  if (plan.eta == 1 && plan.first_epochs > 0)
    throw UsageError("--first-epochs: with --halving 1 all trials train to the end, want one of them");
  const std::string& way = plan.request.data.split_random.value_or("folds:");
  if (plan.splits && !way.starts_with("folds:"))
    throw UsageError("--splits: --split-random " + way + " has no numbers to choose from, want folds:COUNT");
  try {
    prepare_search(plan);
  } catch (const ValueError& error) {
    std::string what = error.what();
    const std::size_t option = what.find("[split] ");
    if (!plan.splits || option == std::string::npos) throw;
    throw UsageError(what.replace(option, 8, "--splits: "));
  }
}

}  // namespace

int tune(const Invocation& typed) {
  CLI::App app(tune_help, "mercer tune");
  TuneCommand asked;
  declare(app, asked);
  if (!parse(app, with_config(app, typed.words))) return done;
  TuneRecord record{.command = typed.line, .plan = asked.plan};
  TunePlan& plan = record.plan;
  if (plan.request.data.data.empty()) throw UsageError("--data: got nothing, want a name or a path; see mercer data");
  if (asked.out.empty() && !asked.show_space) throw UsageError("--out: got nothing, want a folder for the results");
  FolderLock lock = asked.out.empty() || asked.show_space ? FolderLock() : lock_if_there(asked.out);
  set_threads(0);
  plan.out = asked.out;
  if (!asked.show_space) refuse_data_folder(asked.out, place_of(plan.request.data));
  const std::string model = resolve(plan.request).model.name;
  for (const std::string& range : asked.ranges)
    plan.space.push_back(range_of(range, model));
  prepare(plan);
  for (const std::string& note : plan.notes)
    tell(note);
  record.jobs = asked.jobs > 0 ? asked.jobs : threads();
  if (asked.show_space) {
    print_text(space_text(plan));
    return done;
  }
  const JobFolder folder{asked.out, "search", "tune.json", asked.fresh};
  check(folder, holds_search(plan.out), [&] { return protocol_difference(plan.out, plan); });
  if (!lock.is_held()) lock = locked_folder(asked.out);
  if (asked.fresh) forget(folder, {"runs", "report.html", "best.json", "tune.json"});
  if (!holds_search(plan.out)) write_whole(plan.out / "tune.json", search_json(record, false));
  JobRunner runner(record.jobs, expected_runs(plan), !asked.quiet);
  const InterruptGuard guard;
  if (!run_rungs(record, runner)) {
    tell(fmt::format("stopped after {} of {}; go on with:\n  {}", runner.done(),
                     counted(static_cast<Index>(runner.total()), "run"), line_to_go_on("tune", typed.words)));
    return interrupted;
  }
  write_search(record);
  if (!asked.quiet) print_text(search_text(record));
  return runner.failures().empty() && record.best() ? done : incomplete;
}

}  // namespace mercer::program
